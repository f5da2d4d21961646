#pragma once
// Whose accounts a caller may reach: the admin key everybody's, a merchant's secret key its own, and to a
// merchant another's does not exist. A publishable key reaches none.
#include <memory>
#include <string>

#include "flows/principal.hpp"

namespace payweir::flows {

// Errors: not_found, unauthorized (a publishable key), store_*.
[[nodiscard]] Task<Result<std::shared_ptr<const MerchantEntry>>> reach_merchant(Context& context,
                                                                                Principal principal,
                                                                                std::string merchant_id);
// The caller's own, which the admin key has none of.
[[nodiscard]] Task<Result<std::shared_ptr<const MerchantEntry>>> reach_own_merchant(Context& context,
                                                                                    Principal principal);
// Error: forbidden.
[[nodiscard]] Result<void> require_admin(const Principal& principal);

[[nodiscard]] std::unexpected<Error> no_such_merchant();
// How many profiles, live API keys and connector accounts a merchant may have of each: the directory holds
// them all in memory.
inline constexpr std::size_t kAccountObjectsMax = 1'000;
// Error: invalid_value.
[[nodiscard]] Result<void> check_room(std::size_t count, std::string field);
// Errors: not_found.
[[nodiscard]] Result<std::shared_ptr<const ProfileEntry>> reach_profile(const MerchantEntry& merchant,
                                                                        std::string_view profile_id);
[[nodiscard]] Result<std::shared_ptr<const ProfileEntry>> reach_default_profile(
    const MerchantEntry& merchant);
[[nodiscard]] Result<std::shared_ptr<const ConnectorAccount>> reach_connector_account(
    const MerchantEntry& merchant, std::string_view account_id);

}  // namespace payweir::flows
