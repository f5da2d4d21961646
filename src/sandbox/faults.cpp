#include "sandbox/faults.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/json_writer.hpp"

namespace payweir::sandbox {
namespace {

constexpr std::array kOperationNames = std::to_array<std::pair<Operation, std::string_view>>({
    {Operation::any, "any"},
    {Operation::create, "create"},
    {Operation::authorize, "authorize"},
    {Operation::capture, "capture"},
    {Operation::void_, "void"},
    {Operation::refund, "refund"},
    {Operation::query, "query"},
    {Operation::search, "search"},
    {Operation::webhook_setup, "webhook_setup"},
    {Operation::certificates, "certificates"},
    {Operation::statement, "statement"},
});

constexpr std::array kKindNames = std::to_array<std::pair<FaultKind, std::string_view>>({
    {FaultKind::slow, "slow"},
    {FaultKind::late, "late"},
    {FaultKind::down, "down"},
    {FaultKind::silent, "silent"},
    {FaultKind::silent_before, "silent_before"},
    {FaultKind::closed, "closed"},
    {FaultKind::closed_before, "closed_before"},
    {FaultKind::error_500_before, "error_500_before"},
    {FaultKind::error_500_after, "error_500_after"},
    {FaultKind::stored_500, "stored_500"},
    {FaultKind::stored_500_before, "stored_500_before"},
    {FaultKind::rate_limited, "rate_limited"},
    {FaultKind::garbage, "garbage"},
    {FaultKind::truncated, "truncated"},
    {FaultKind::dribble, "dribble"},
    {FaultKind::wrong_amount, "wrong_amount"},
    {FaultKind::wrong_currency, "wrong_currency"},
    {FaultKind::someone_elses_answer, "someone_elses_answer"},
    {FaultKind::double_charge, "double_charge"},
});

template <class Table, class Enum>
std::string_view name_of(const Table& table, Enum value) {
  const auto at = std::ranges::find(table, value, [](const auto& row) { return row.first; });
  return at == table.end() ? std::string_view{} : at->second;
}

template <class Enum, class Table>
Result<Enum> read_name(const Table& table, json::Value value, const char* field) {
  if (!value.is(json::Kind::string)) return fail(Code::missing_field, field, "a name is needed");
  const auto at = std::ranges::find(table, value.text(), [](const auto& row) { return row.second; });
  if (at == table.end()) return fail(Code::invalid_value, field, "no such name");
  return at->first;
}

// 0 … 1 as parts in a million.
Result<std::int64_t> read_rate(json::Value value) {
  if (value.empty()) return 1'000'000;
  if (!value.is(json::Kind::real) && !value.is(json::Kind::integer))
    return fail(Code::wrong_type, "rate", "a number is needed");
  if (!(value.real() >= 0 && value.real() <= 1)) return fail(Code::invalid_value, "rate", "0 to 1");
  return static_cast<std::int64_t>(value.real() * 1e6 + 0.5);
}

Result<std::optional<std::int64_t>> read_count(json::Value value, const char* field) {
  if (value.empty()) return std::nullopt;
  if (!value.is(json::Kind::integer)) return fail(Code::wrong_type, field, "an integer is needed");
  if (value.integer() < 0) return fail(Code::invalid_value, field, "not below 0");
  return value.integer();
}

bool matches(const Fault& fault, Operation operation, std::string_view account) {
  if (fault.count == 0) return false;
  if (!fault.account.empty() && fault.account != account) return false;
  if (fault.operation == Operation::query)
    return operation == Operation::query || operation == Operation::search;
  return fault.operation == Operation::any || fault.operation == operation;
}

}  // namespace

std::string_view to_string(Operation operation) {
  return name_of(kOperationNames, operation);
}
std::string_view to_string(FaultKind kind) {
  return name_of(kKindNames, kind);
}

Result<void> FaultPlan::plant(Fault fault) {
  if (faults_.size() >= kFaultsMax) return fail(Code::invalid_value, "", "too many faults are planted");
  faults_.push_back(std::move(fault));
  return {};
}

std::optional<Fault> FaultPlan::strike(Operation operation, std::string_view account, Draws& draws) {
  for (Fault& fault : faults_) {
    if (!matches(fault, operation, account) || !draws.chance(fault.per_million)) continue;
    if (fault.count) --*fault.count;
    ++fault.fired;
    return fault;
  }
  return std::nullopt;
}

Result<Fault> read_fault(json::Value value) {
  Fault fault;
  if (value["operation"].present()) {
    const auto operation = read_name<Operation>(kOperationNames, value["operation"], "operation");
    if (!operation) return std::unexpected(operation.error());
    fault.operation = *operation;
  }
  const auto kind = read_name<FaultKind>(kKindNames, value["kind"], "kind");
  const auto count = read_count(value["count"], "count");
  const auto delay_ms = read_count(value["delay_ms"], "delay_ms");
  const auto rate = read_rate(value["rate"]);
  if (!kind) return std::unexpected(kind.error());
  if (!count) return std::unexpected(count.error());
  if (!delay_ms) return std::unexpected(delay_ms.error());
  if (!rate) return std::unexpected(rate.error());
  fault.kind = *kind;
  fault.count = *count;
  fault.delay = milliseconds(delay_ms->value_or(0));
  fault.per_million = *rate;
  fault.account = value["account"].text();
  return fault;
}

std::string render_faults(const FaultPlan& plan) {
  json::Writer out;
  out.begin_object().key("faults").begin_array();
  for (const Fault& fault : plan.all()) {
    out.begin_object();
    out.field("operation", to_string(fault.operation)).field("kind", to_string(fault.kind));
    out.key("count");
    fault.count ? out.integer(*fault.count) : out.null();
    out.field("delay_ms", fault.delay.ms).field("per_million", fault.per_million);
    out.text_or_null("account", fault.account).field("fired", fault.fired).end_object();
  }
  out.end_array().end_object();
  return std::move(out).take();
}

}  // namespace payweir::sandbox
