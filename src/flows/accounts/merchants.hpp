#pragma once
// Merchant accounts: the tenants. Only the admin key makes, lists and deletes them.
#include <string>
#include <vector>

#include "flows/accounts/profile_settings.hpp"
#include "flows/accounts/views.hpp"
#include "flows/payments.hpp"

namespace payweir::flows {

struct CreateMerchant {
  std::string merchant_id;  // chosen by the caller, 1 to 64 of A–Z a–z 0–9 _ -
  MerchantDetails details;  // organization_id "" for a new organisation
  ProfileSettings settings;
};

struct UpdateMerchant {
  std::string merchant_id;
  MerchantDetails details;         // members that are not empty replace the stored ones
  ProfileSettings settings;        // of the default profile
  std::string default_profile_id;  // "" leaves it
};

// With a default profile and a publishable key. Errors: forbidden, invalid_value, duplicate_resource.
[[nodiscard]] Task<Result<Answer>> create_merchant(Context& context, Principal principal, Key key,
                                                   CreateMerchant command, const AccountRendering& rendering);
// Errors: not_found, invalid_value.
[[nodiscard]] Task<Result<Answer>> update_merchant(Context& context, Principal principal, Key key,
                                                   UpdateMerchant command, const AccountRendering& rendering);
[[nodiscard]] Task<Result<MerchantView>> retrieve_merchant(Context& context, Principal principal,
                                                           std::string merchant_id);
// Its keys open nothing any more, at once; its id is never given again. Gives the merchant_id.
[[nodiscard]] Task<Result<std::string>> delete_merchant(Context& context, Principal principal,
                                                        std::string merchant_id);
// Those of one organisation, oldest first.
[[nodiscard]] Task<Result<std::vector<MerchantView>>> list_merchants(Context& context, Principal principal,
                                                                     std::string organization_id);

}  // namespace payweir::flows
