#pragma once
// Business profiles: one merchant's shops, each with its own webhooks and gateway accounts.
#include <string>
#include <vector>

#include "flows/accounts/profile_settings.hpp"
#include "flows/accounts/views.hpp"
#include "flows/payments.hpp"

namespace payweir::flows {

struct CreateProfile {
  std::string merchant_id;
  std::string name;  // unique within the merchant; "" for one of ours
  ProfileDetails details;
  ProfileSettings settings;
};

struct UpdateProfile {
  std::string merchant_id, profile_id;
  std::string name;        // "" leaves it
  ProfileDetails details;  // members that are not empty replace the stored ones
  ProfileSettings settings;
};

// Errors of all: not_found, unauthorized; of changes also invalid_value, duplicate_resource.
[[nodiscard]] Task<Result<Answer>> create_profile(Context& context, Principal principal, Key key,
                                                  CreateProfile command, const AccountRendering& rendering);
[[nodiscard]] Task<Result<Answer>> update_profile(Context& context, Principal principal, Key key,
                                                  UpdateProfile command, const AccountRendering& rendering);
[[nodiscard]] Task<Result<ProfileView>> retrieve_profile(Context& context, Principal principal,
                                                         std::string merchant_id, std::string profile_id);
[[nodiscard]] Task<Result<std::vector<ProfileView>>> list_profiles(Context& context, Principal principal,
                                                                   std::string merchant_id);
// Refused (invalid_value) for the default profile and for one that still has connector accounts.
[[nodiscard]] Task<Result<void>> delete_profile(Context& context, Principal principal,
                                                std::string merchant_id, std::string profile_id);

}  // namespace payweir::flows
