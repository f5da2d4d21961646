#pragma once
// Routing algorithms: how a profile's payments find their gateway account. One is stored whole and never
// changed; of a profile's, at most one is active. What a payment was sent by stays with it: changing
// algorithms touches no payment that is under way.
#include <optional>
#include <string>
#include <vector>

#include "domain/routing/canary.hpp"
#include "flows/accounts/views.hpp"
#include "flows/payments.hpp"

namespace payweir::flows {

inline constexpr std::size_t kRoutingNameMax = 64;              // bytes
inline constexpr std::size_t kRoutingDescriptionMax = 1'024;    // bytes
inline constexpr std::size_t kRoutingAlgorithmMax = 512 << 10;  // bytes of JSON

struct CreateRoutingAlgorithm {
  std::string profile_id;
  std::string name, description;
  std::string algorithm_json;  // checked JSON
};

// Errors of all: unauthorized, not_found, store_*. Of creation also: missing_field, wrong_type,
// invalid_value, each of which names the rule that is wrong.
[[nodiscard]] Task<Result<Answer>> create_routing_algorithm(Context& context, Principal principal, Key key,
                                                            CreateRoutingAlgorithm command,
                                                            const AccountRendering& rendering);
// With `trial`, it takes that share of the payments as a canary, beside the active one; another canary of the
// profile ends. Without, it becomes the active one, a canary among others, and every canary of the profile
// ends. Error: illegal_transition, when it is the active one or the canary already.
[[nodiscard]] Task<Result<Answer>> activate_routing_algorithm(Context& context, Principal principal, Key key,
                                                              std::string algorithm_id,
                                                              std::optional<routing::CanaryTerms> trial,
                                                              const AccountRendering& rendering);
// The canary, too. Error: illegal_transition, when the profile has neither.
[[nodiscard]] Task<Result<Answer>> deactivate_routing_algorithm(Context& context, Principal principal,
                                                                Key key, std::string profile_id,
                                                                const AccountRendering& rendering);
[[nodiscard]] Task<Result<RoutingAlgorithmView>> retrieve_routing_algorithm(Context& context,
                                                                            Principal principal,
                                                                            std::string algorithm_id);
// Newest first, of one profile or of all (""). `limit`: 1 … 100.
[[nodiscard]] Task<Result<std::vector<RoutingAlgorithmView>>> list_routing_algorithms(
    Context& context, Principal principal, std::string profile_id, std::size_t limit, std::size_t offset);
// Of one profile, or of all (""); canaries, too.
[[nodiscard]] Task<Result<std::vector<RoutingAlgorithmView>>> list_active_routing_algorithms(
    Context& context, Principal principal, std::string profile_id);

}  // namespace payweir::flows
