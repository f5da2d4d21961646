#include "flows/accounts/access.hpp"

namespace payweir::flows {

Task<Result<std::shared_ptr<const MerchantEntry>>> reach_merchant(Context& context, Principal principal,
                                                                  std::string merchant_id) {
  switch (principal.role) {
    case Role::publishable:
      co_return fail(Code::unauthorized, "api-key", "a publishable key does not open this operation");
    case Role::merchant:
      if (principal.merchant->row.merchant_id != merchant_id) co_return no_such_merchant();
      break;
    case Role::admin: break;
  }
  // By id for a merchant's own, too: the principal may be older than the last change.
  Result<std::shared_ptr<const MerchantEntry>> merchant =
      co_await context.directory.merchant_by_id(std::move(merchant_id));
  if (merchant && !*merchant) co_return no_such_merchant();
  co_return merchant;
}

Task<Result<std::shared_ptr<const MerchantEntry>>> reach_own_merchant(Context& context, Principal principal) {
  if (!principal.merchant) co_return no_such_merchant();
  std::string merchant_id = principal.merchant->row.merchant_id;
  Result<std::shared_ptr<const MerchantEntry>> merchant =
      co_await reach_merchant(context, std::move(principal), std::move(merchant_id));
  co_return merchant;
}

Result<void> require_admin(const Principal& principal) {
  if (principal.role == Role::admin) return {};
  return fail(Code::forbidden, "api-key", "only the admin key opens this operation");
}

std::unexpected<Error> no_such_merchant() {
  return fail(Code::not_found, "merchant_id", "Merchant account does not exist in our records");
}

Result<void> check_room(std::size_t count, std::string field) {
  if (count < kAccountObjectsMax) return {};
  return fail(Code::invalid_value, std::move(field),
              "a merchant has at most " + std::to_string(kAccountObjectsMax) + " of them");
}

Result<std::shared_ptr<const ProfileEntry>> reach_profile(const MerchantEntry& merchant,
                                                          std::string_view profile_id) {
  const Result<ProfileId> id = parse_id<ProfileTag>(profile_id);
  if (id)
    if (auto profile = merchant.find_profile(id->key); profile && profile->row.id == *id) return profile;
  return fail(Code::not_found, "profile_id", "Business profile does not exist in our records");
}

Result<std::shared_ptr<const ProfileEntry>> reach_default_profile(const MerchantEntry& merchant) {
  if (auto profile = merchant.default_profile()) return profile;
  return fail(Code::not_found, "profile_id", "Business profile does not exist in our records");
}

Result<std::shared_ptr<const ConnectorAccount>> reach_connector_account(const MerchantEntry& merchant,
                                                                        std::string_view account_id) {
  const Result<ConnectorAccountId> id = parse_id<ConnectorAccountTag>(account_id);
  if (id)
    if (auto account = merchant.find_account(id->key);
        account && account->row.id == *id && !account->row.deleted)
      return account;
  return fail(Code::not_found, "merchant_connector_id",
              "Merchant connector account does not exist in our records");
}

}  // namespace payweir::flows
