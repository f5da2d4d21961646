#include "flows/accounts/views.hpp"

#include "flows/accounts/secrets.hpp"

namespace payweir::flows {

ProfileView view_of(const MerchantEntry& merchant, const ProfileEntry& profile) {
  return {profile.row, profile.details, merchant.row.merchant_id, profile.payment_response_hash_key,
          Secret()};
}

MerchantView view_of(const MerchantEntry& merchant) {
  return {merchant.row, merchant.details, view_of(merchant, *merchant.default_profile())};
}

ConnectorAccountView view_of(const MerchantEntry& merchant, const ConnectorAccount& account) {
  return {account.row, account.details, merchant.row.merchant_id,
          to_text(merchant.find_profile(account.row.profile_key)->row.id), mask(account.credentials)};
}

MaskedCredentials mask(const ConnectorCredentials& credentials) {
  MaskedCredentials masked;
  masked.auth_type = credentials.auth_type;
  masked.api_key = mask(credentials.api_key);
  masked.key1 = mask(credentials.key1);
  masked.api_secret = mask(credentials.api_secret);
  const std::vector<Secret>& webhook = credentials.webhook_secrets;
  if (!webhook.empty()) masked.webhook_secret = mask(webhook.front());
  if (webhook.size() > 1) masked.additional_webhook_secret = mask(webhook[1]);
  return masked;
}

}  // namespace payweir::flows
