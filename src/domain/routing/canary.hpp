#pragma once
// Canary: a routing algorithm that takes a small share of a profile's payments, beside what takes the rest,
// and is taken back when its payments are approved less often. Pure.
#include <cstdint>
#include <string>

namespace payweir::routing {

struct CanaryTerms {
  std::int32_t percent = 0;  // of the payments, 1 … 99
  // How much worse it may do, in millionths of all payments.
  std::int32_t worse_by_ppm = 20'000;
  std::int64_t payments_min = 200;  // of each side, before anything is said
};

inline constexpr std::int64_t kCanaryPaymentsMax = 1'000'000;  // of CanaryTerms::payments_min
// Payments of one side that are looked at; a canary that has taken so many has proved itself.
inline constexpr std::int64_t kCanaryCountMax = 10'000'000;

// Payments that came to an end: approved or refused.
struct CanarySide {
  std::int64_t approved = 0, payments = 0;
};

// Whether this payment is the canary's: by the salt of its id, and otherwise than a volume split draws, so
// that every share of a split has its part in the canary. `run` tells one canary from the next, so that not
// the same payments' ids are chosen again.
[[nodiscard]] bool takes_canary(std::int64_t payment_salt, std::int64_t run, std::int32_t percent);

// Whether the canary does worse than the rest by the margin, and that is no chance: one-sided test of two
// proportions at three standard deviations (one in 700), because it is looked at again and again. What is
// above kCanaryCountMax is not judged. Requires: 0 <= approved <= payments.
[[nodiscard]] bool is_worse(const CanarySide& canary, const CanarySide& rest, const CanaryTerms& terms);

// "approved 71.20 % of 250 payments, the rest 93.10 % of 4750"
[[nodiscard]] std::string describe(const CanarySide& canary, const CanarySide& rest);

}  // namespace payweir::routing
