#include "swarm.hpp"

#include <charconv>
#include <cmath>

namespace payweir::sim {
namespace {

struct Described {
  std::string_view name;
  std::uint64_t rate_min, rate_max;  // per million of the occasions
};

// By FaultKind. Calls are an occasion each; so is each step for what befalls the process, and each write or
// sync for the disk.
constexpr std::array<Described, kFaultKinds> kKinds = {{
    {"refused", 2'000, 200'000},
    {"request_lost", 2'000, 200'000},
    {"request_late", 2'000, 200'000},
    {"reply_lost", 2'000, 200'000},
    {"reply_late", 2'000, 200'000},
    {"gateway_down", 2'000, 200'000},
    {"gateway_slow", 2'000, 200'000},
    {"gateway_silent_before", 2'000, 200'000},
    {"gateway_late", 2'000, 100'000},
    {"gateway_error_500_before", 2'000, 200'000},
    {"gateway_error_500_after", 2'000, 200'000},
    {"gateway_stored_500", 2'000, 100'000},
    {"gateway_stored_500_before", 2'000, 100'000},
    {"gateway_rate_limited", 2'000, 200'000},
    {"gateway_garbage", 2'000, 100'000},
    {"gateway_wrong_amount", 500, 20'000},
    {"gateway_wrong_currency", 500, 20'000},
    {"gateway_someone_elses_answer", 500, 20'000},
    {"callback_lost", 5'000, 500'000},
    {"callback_delayed", 5'000, 200'000},
    {"callback_duplicated", 5'000, 500'000},
    {"callback_forged", 5'000, 200'000},
    {"callback_stale", 5'000, 200'000},
    {"endpoint_fails", 5'000, 300'000},
    {"client_gives_up", 2'000, 100'000},
    {"client_double_click", 5'000, 200'000},
    {"client_changes_body", 5'000, 200'000},
    {"client_disconnects", 5'000, 200'000},
    {"disk_full", 20, 2'000},
    {"disk_write_fails", 20, 1'000},
    {"disk_sync_fails", 100, 5'000},
    {"disk_dies", 20, 1'000},
    {"kill", 20, 2'000},
    {"power_cut", 20, 1'000},
    {"pause", 5, 200},
    {"clock_jump", 5, 200},
    {"dashboard_refund", 10'000, 200'000},
    {"operator_errs", 100'000, 600'000},
    {"key_changed", 10'000, 200'000},
    {"account_disabled", 10'000, 100'000},
    {"callback_resent", 100'000, 600'000},
    {"terminate", 5, 500},
    {"rules_changed", 50'000, 600'000},
    {"account_refused", 1'000, 50'000},
    {"account_down", 1'000, 50'000},
    {"account_silent", 1'000, 50'000},
    {"account_slow", 1'000, 50'000},
    {"account_throttled", 1'000, 50'000},
    {"account_key_unknown", 1'000, 50'000},
    {"gateway_lies", 1'000, 50'000},
}};

std::uint64_t draw_rate(Chance& chance, const Described& kind) {
  const double from = std::log(static_cast<double>(kind.rate_min));
  const double to = std::log(static_cast<double>(kind.rate_max));
  const double place = static_cast<double>(chance.below(1'000'001)) / 1e6;
  return static_cast<std::uint64_t>(std::exp(from + (to - from) * place));
}

}  // namespace

std::string_view to_string(FaultKind kind) {
  return kKinds[static_cast<std::size_t>(kind)].name;
}

std::optional<FaultKind> parse_fault_kind(std::string_view text) {
  for (std::size_t i = 0; i < kFaultKinds; ++i)
    if (kKinds[i].name == text) return static_cast<FaultKind>(i);
  return std::nullopt;
}

std::string format_caps(const FaultCaps& caps) {
  std::string text;
  for (const auto& [kind, cap] : caps) {
    if (!text.empty()) text += ',';
    text.append(to_string(kind)).append("=").append(std::to_string(cap));
  }
  return text;
}

Result<FaultCaps> parse_caps(std::string_view text) {
  FaultCaps caps;
  while (!text.empty()) {
    const std::string_view one = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), one.size() + 1));
    const std::size_t equals = one.find('=');
    const auto kind = parse_fault_kind(one.substr(0, equals));
    if (!kind) return fail(Code::invalid_value, "faults", "no such fault: " + std::string(one));
    std::uint64_t cap = 0;
    if (equals != std::string_view::npos) {
      const std::string_view digits = one.substr(equals + 1);
      const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), cap);
      if (error != std::errc{} || end != digits.data() + digits.size())
        return fail(Code::invalid_value, "faults", "expected kind=number: " + std::string(one));
    }
    caps[*kind] = cap;
  }
  return caps;
}

Faults::Faults(std::uint64_t seed, FaultCaps caps) {
  Chance swarm(seed, Stream::swarm);
  const bool calm = swarm.below(20) == 0;
  for (std::size_t i = 0; i < kFaultKinds; ++i) {
    Kind kind{Chance(seed, Stream::swarm, i + 1)};
    const bool is_on = swarm.percent(50);
    const std::uint64_t rate = draw_rate(swarm, kKinds[i]);
    kind.rate = is_on && !calm ? rate : 0;
    if (const auto cap = caps.find(static_cast<FaultKind>(i)); cap != caps.end()) kind.cap = cap->second;
    kinds_.push_back(kind);
  }
}

bool Faults::strike(FaultKind kind) {
  if (is_healed_ || is_suspended_) return false;
  Kind& one = of(kind);
  ++one.occasions;
  if (always_ == kind) {
    ++one.fired;
    return true;
  }
  if (plan_) {
    if (plan_->first != kind || plan_->second != one.occasions) return false;
    ++one.fired;
    return true;
  }
  if (one.rate == 0 || !one.chance.per_million(one.rate)) return false;
  if (one.fired >= one.cap) return false;
  ++one.fired;
  return true;
}

void Faults::plan_only(FaultKind kind, std::uint64_t nth) {
  plan_ = {kind, nth};
  for (Kind& each : kinds_)
    each.occasions = 0;
}

std::uint64_t Faults::fired() const {
  std::uint64_t sum = 0;
  for (const Kind& kind : kinds_)
    sum += kind.fired;
  return sum;
}

}  // namespace payweir::sim
