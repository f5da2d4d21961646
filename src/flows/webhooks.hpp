#pragma once
// Webhooks to merchants, as far as a whole endpoint or a dead letter is concerned: switching an endpoint
// off, and sending again what was given up on. The sending itself is jobs/deliver_job.hpp.
#include "flows/context.hpp"

namespace payweir::flows {

// False once the endpoint was switched off. Setting its address again switches it on.
[[nodiscard]] bool takes_webhooks(const ProfileEntry& profile);

// Switches the profile's endpoint off, which shows as `webhook_disabled_at` in its details. Nothing happens
// when it is off already or has another address than the one that failed. Errors: store_*.
[[nodiscard]] Task<Result<void>> disable_webhooks(Context& context, std::int64_t profile_key,
                                                  std::string failed_url);

// Makes dead letters of one merchant, whose events happened in [from, to], due again, each with a whole
// schedule before it. Says how many; more than kReplayMax are left for the next call. Errors: store_*.
inline constexpr std::size_t kReplayMax = 100;
[[nodiscard]] Task<Result<std::size_t>> replay_dead_letters(Context& context, std::int64_t merchant_no,
                                                            Instant from, Instant to);

}  // namespace payweir::flows
