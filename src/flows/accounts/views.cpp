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
          to_text(merchant.find_profile(account.row.profile_key)->row.id),
          mask(account.credentials, account.connector)};
}

namespace {
bool is_shown(const Connector* connector, std::string_view auth_type, std::string_view name) {
  if (!connector) return false;
  for (const AuthType& type : connector->capabilities().auth_types)
    if (type.name == auth_type)
      for (const CredentialField& field : type.fields)
        if (field.name == name) return !field.is_secret;
  return false;
}
}  // namespace

MaskedCredentials mask(const ConnectorCredentials& credentials, const Connector* connector) {
  MaskedCredentials masked;
  masked.auth_type = credentials.auth_type;
  for (const auto& [name, value] : credentials.fields) {
    const bool shown = is_shown(connector, credentials.auth_type, name);
    masked.fields.emplace_back(name, shown ? std::string(value.reveal()) : mask(value));
  }
  const std::vector<Secret>& webhook = credentials.webhook_secrets;
  if (!webhook.empty()) masked.webhook_secret = mask(webhook.front());
  if (webhook.size() > 1) masked.additional_webhook_secret = mask(webhook[1]);
  return masked;
}

}  // namespace payweir::flows
