#pragma once
// Faults that a tester plants in a gateway model: which requests, what goes wrong, how often. The same
// for every gateway; a model asks strike() once a request and acts on the answer.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_reader.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "sandbox/draws.hpp"

namespace payweir::sandbox {

// What a request asks of the gateway, in the switch's words. `any` only selects.
enum class Operation : std::uint8_t {
  any,
  create,
  authorize,
  capture,
  void_,
  refund,
  query,
  search,
  webhook_setup,
  certificates,
  statement
};

enum class FaultKind : std::uint8_t {
  slow,                  // executed at once, answered after delay
  late,                  // never answered, executed only after delay
  down,                  // 503, not executed
  silent,                // executed, never answered
  silent_before,         // neither executed nor answered
  closed,                // executed, the connection closes without an answer
  closed_before,         // not executed, the connection closes without an answer
  error_500_before,      // 500, not executed
  error_500_after,       // 500, executed; the gateway itself remembers the true answer under the key
  stored_500,            // 500, executed, and the 500 is what the key replays
  stored_500_before,     // 500, not executed, and the 500 is what the key replays
  rate_limited,          // 429 with Retry-After, not executed
  garbage,               // executed, answered 200 with bytes that are no JSON
  truncated,             // executed, half of the body comes
  dribble,               // executed, one byte of the body a second
  wrong_amount,          // executed, the answer shows another amount
  wrong_currency,        // executed, the answer shows another currency
  someone_elses_answer,  // executed, answered with another payment's object
  double_charge,         // executed twice on purpose: what a checker of the books must find
};

[[nodiscard]] std::string_view to_string(Operation operation);
[[nodiscard]] std::string_view to_string(FaultKind kind);

struct Fault {
  Operation operation = Operation::any;
  FaultKind kind = FaultKind::down;
  std::optional<std::int64_t> count;  // how many more times; nullopt: until cleared
  Duration delay{};
  std::int64_t per_million = 1'000'000;
  std::string account;  // "" is every account
  std::int64_t fired = 0;
};

// Faults are asked in the order they were planted; the first that matches and wins its draw fires.
class FaultPlan {
 public:
  static constexpr std::size_t kFaultsMax = 64;

  // Error: invalid_value when there are kFaultsMax already.
  [[nodiscard]] Result<void> plant(Fault fault);
  void clear() { faults_.clear(); }
  [[nodiscard]] std::optional<Fault> strike(Operation operation, std::string_view account, Draws& draws);
  [[nodiscard]] const std::vector<Fault>& all() const { return faults_; }

 private:
  std::vector<Fault> faults_;
};

// {"operation":…,"kind":…,"count":N|null,"delay_ms":…,"rate":0…1,"account":…}. Errors name the field.
[[nodiscard]] Result<Fault> read_fault(json::Value value);
// {"faults":[…]} with what is left of each and how often it fired.
[[nodiscard]] std::string render_faults(const FaultPlan& plan);

}  // namespace payweir::sandbox
