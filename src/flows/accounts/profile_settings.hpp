#pragma once
// What a profile is told besides its details: where its webhooks go and what they are signed with. A
// merchant account has the same settings; they are those of its default profile.
#include <optional>
#include <string>

#include "flows/accounts/secrets.hpp"
#include "flows/accounts/views.hpp"
#include "flows/context.hpp"

namespace payweir::flows {

struct ProfileSettings {
  std::optional<std::string> webhook_url;           // "" removes it
  std::optional<Secret> payment_response_hash_key;  // drawn when a new profile is not given one
  bool rotate_webhook_secret = false;
};

// https with a host, and nothing that hides where it leads: no user name, no white space. Which addresses
// it may lead to is checked when it is called. Error: invalid_value (field webhook_details.webhook_url).
[[nodiscard]] Result<void> check_webhook_url(const Settings& settings, std::string_view url);

// A new profile of a merchant, with its secrets drawn and sealed. Error: as check_webhook_url.
[[nodiscard]] Result<ProfileView> make_profile(Context& context, const store::MerchantRow& merchant,
                                               std::string name, ProfileDetails details,
                                               ProfileSettings settings);

// Changes row and details of a view as the settings and details say. Errors: as check_webhook_url,
// decrypt_failed.
[[nodiscard]] Result<void> change_profile(Context& context, ProfileView& view, const ProfileDetails& details,
                                          ProfileSettings settings);

}  // namespace payweir::flows
