#include "domain/routing/canary.hpp"

#include "base/check.hpp"

namespace payweir::routing {
namespace {

constexpr std::int64_t kMillion = 1'000'000;

// The finish of SplitMix64: each bit of the result depends on all of the input's.
std::uint64_t mix(std::uint64_t bits) {
  bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9U;
  bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EBU;
  return bits ^ (bits >> 31);
}

std::string share_of(const CanarySide& side) {
  const std::int64_t hundredths = side.payments == 0 ? 0 : side.approved * 10'000 / side.payments;
  const std::string rest = std::to_string(hundredths % 100);
  return std::to_string(hundredths / 100) + (rest.size() == 1 ? ".0" : ".") + rest + " % of " +
         std::to_string(side.payments);
}

}  // namespace

bool takes_canary(std::int64_t payment_salt, std::int64_t run, std::int32_t percent) {
  const std::uint64_t drawn =
      mix(static_cast<std::uint64_t>(payment_salt) ^ mix(static_cast<std::uint64_t>(run)));
  return static_cast<std::int32_t>(((drawn >> 32) * 100) >> 32) < percent;
}

bool is_worse(const CanarySide& canary, const CanarySide& rest, const CanaryTerms& terms) {
  check(canary.approved <= canary.payments && rest.approved <= rest.payments, "more approved than paid");
  if (canary.payments < terms.payments_min || rest.payments < terms.payments_min) return false;
  if (canary.payments < 1 || rest.payments < 1) return false;
  if (canary.payments > kCanaryCountMax || rest.payments > kCanaryCountMax) return false;
  // With a of n approved here and b of m there, the difference of the shares is d / (n m).
  const __int128 n = canary.payments, m = rest.payments, a = canary.approved, b = rest.approved;
  const __int128 d = b * n - a * m;
  if (d <= 0 || d * kMillion < terms.worse_by_ppm * n * m) return false;
  // z² = d² (n + m) / (n m (a + b) (n + m - a - b)), from the pooled share; at least 3². At most 10^14
  // squared times 2·10^7: far below 2^127.
  constexpr int kDeviations = 3;
  return d * d * (n + m) >= kDeviations * kDeviations * n * m * (a + b) * (n + m - a - b);
}

std::string describe(const CanarySide& canary, const CanarySide& rest) {
  return "approved " + share_of(canary) + " payments, the rest " + share_of(rest);
}

}  // namespace payweir::routing
