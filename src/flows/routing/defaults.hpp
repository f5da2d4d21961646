#pragma once
// A profile's default: the order in which its gateway accounts are tried where no routing algorithm decides,
// or none of the accounts that it names can take the payment. Without a word from the merchant, the oldest
// first. It names every account of the profile; one that is added later goes to its end.
#include <string>
#include <vector>

#include "flows/payments.hpp"

namespace payweir::flows {

struct DefaultRoutingView {
  std::string profile_id;
  std::vector<routing::Choice> accounts;  // in order, each with its id
};

// How the answer to a change becomes bytes: the API shows it in two shapes.
using RenderDefaultRouting = std::string (*)(const DefaultRoutingView&);

// `profile_id`: "" for the merchant's default profile, here and below. Errors of all: unauthorized,
// not_found, store_*.
[[nodiscard]] Task<Result<DefaultRoutingView>> retrieve_default_routing(Context& context, Principal principal,
                                                                        std::string profile_id);
// Of every profile, oldest first.
[[nodiscard]] Task<Result<std::vector<DefaultRoutingView>>> list_default_routings(Context& context,
                                                                                  Principal principal);
// Errors: illegal_transition, when these are not as many as the profile has; invalid_value, which names
// those that are missing or are not the profile's.
[[nodiscard]] Task<Result<Answer>> update_default_routing(Context& context, Principal principal, Key key,
                                                          std::string profile_id,
                                                          std::vector<routing::Choice> accounts,
                                                          RenderDefaultRouting render);

// The accounts of the profile in this order.
[[nodiscard]] std::vector<routing::Choice> default_choices(const ProfileEntry& profile);

}  // namespace payweir::flows
