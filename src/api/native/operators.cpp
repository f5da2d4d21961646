#include "api/native/operators.hpp"

#include <array>
#include <charconv>
#include <string>
#include <utility>

#include "api/binding.hpp"
#include "base/json_writer.hpp"
#include "flows/manual_settlement.hpp"

namespace payweir::api::native {
namespace {

using enum http::Method;

constexpr std::size_t kLimitDefault = 50, kLimitMax = 500;

struct OutcomeName {
  std::string_view name;
  std::optional<AcceptedAs> outcome;
};
constexpr std::array kOutcomes = std::to_array<OutcomeName>({
    {"not_executed", std::nullopt},
    {"authorized", AcceptedAs::authorised},
    {"captured", AcceptedAs::captured},
    {"voided", AcceptedAs::voided},
    {"refunded", AcceptedAs::refunded},
});

std::string_view name_of_outcome(std::int64_t stored) {
  for (const OutcomeName& each : kOutcomes)
    if ((each.outcome ? static_cast<std::int64_t>(std::to_underlying(*each.outcome)) + 1 : 0) == stored)
      return each.name;
  return "not_executed";
}

std::string_view name_of_state(store::ManualSettlementRow::State state) {
  switch (state) {
    case store::ManualSettlementRow::State::proposed: return "proposed";
    case store::ManualSettlementRow::State::done: return "settled";
    case store::ManualSettlementRow::State::replaced: return "replaced";
  }
  return "proposed";
}

void write_word(json::Writer& out, const store::ManualSettlementRow& row) {
  out.field("state", name_of_state(row.state)).field("outcome", name_of_outcome(row.outcome));
  if (row.amount_minor > 0)
    out.field("amount", row.amount_minor);
  else
    out.null_field("amount");
  out.field("proposed_by", row.proposed_by).text_or_null("approved_by", row.approved_by);
  out.field("note", row.note).field("created", format_iso8601(row.created_at));
}

class Rendering final : public flows::SettlementRendering {
 public:
  [[nodiscard]] std::string settlement(const flows::SettlementView& view) const override {
    json::Writer out;
    out.begin_object().field("operation_id", view.operation_id).field("merchant_id", view.merchant_id);
    out.field("payment_id", view.payment_id).text_or_null("refund_id", view.refund_id);
    out.field("status", to_string(view.payment_state));
    write_word(out, view.settlement);
    out.end_object();
    return std::move(out).take();
  }
};
const Rendering kRendering;

void write_unresolved(json::Writer& out, const flows::UnresolvedView& view) {
  out.begin_object()
      .field("operation_id", to_text(view.operation.id))
      .field("kind", to_string(view.operation.kind));
  out.field("merchant_id", view.merchant_id).field("payment_id", view.payment_id);
  out.text_or_null("refund_id", view.refund_id).field("status", to_string(view.payment_state));
  out.field("amount", view.operation.amount.minor).field("currency", view.operation.amount.currency.code());
  out.text_or_null("connector", view.connector)
      .text_or_null("merchant_connector_id", view.merchant_connector_id);
  out.text_or_null("connector_transaction_id", view.connector_payment_id).field("reason", view.reason);
  out.field("since", format_iso8601(view.since));
  if (view.proposal) {
    out.key("proposal").begin_object();
    write_word(out, *view.proposal);
    out.end_object();
  } else {
    out.null_field("proposal");
  }
  out.end_object();
}

Result<std::size_t> read_limit(std::string_view text) {
  if (text.empty()) return kLimitDefault;
  std::size_t limit = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
  if (error != std::errc{} || end != text.data() + text.size() || limit < 1 || limit > kLimitMax)
    return fail(Code::invalid_value, "limit", "limit must be between 1 and 500");
  return limit;
}

Task<Result<Reply>> list(RequestContext request) {
  const Result<std::size_t> limit = read_limit(request.query_value("limit"));
  if (!limit) co_return fail(limit.error());
  Result<std::vector<flows::UnresolvedView>> views =
      co_await flows::list_unresolved(request.flows, std::move(request.principal), *limit);
  if (!views) co_return fail(std::move(views.error()));
  json::Writer out(1024);
  out.begin_object().field("size", static_cast<std::int64_t>(views->size())).key("data").begin_array();
  for (const flows::UnresolvedView& view : *views)
    write_unresolved(out, view);
  out.end_array().end_object();
  co_return json_reply(std::move(out).take());
}

Result<flows::SettleManually> bind_settle(const json::Value& body, std::string operation_id) {
  flows::SettleManually command;
  command.operation_id = std::move(operation_id);
  const json::Value outcome = body["outcome"];
  if (outcome.empty()) return fail(Code::missing_field, "outcome", "missing field `outcome`");
  bool is_known = false;
  for (const OutcomeName& each : kOutcomes)
    if (outcome.is(json::Kind::string) && outcome.text() == each.name) {
      command.executed_as = each.outcome;
      is_known = true;
    }
  if (!is_known)
    return fail(Code::invalid_value, "outcome",
                "expected not_executed, authorized, captured, voided or refunded");
  if (const json::Value amount = body["amount"]; !amount.empty()) {
    if (!amount.is(json::Kind::integer)) return fail(Code::wrong_type, "amount", "expected a whole number");
    command.amount_minor = amount.integer();
  }
  if (const json::Value note = body["note"]; !note.empty()) {
    if (!note.is(json::Kind::string)) return fail(Code::wrong_type, "note", "expected a text");
    command.note = note.text();
  }
  return command;
}

Task<Result<Reply>> settle(RequestContext request) {
  Result<flows::SettleManually> command = bind_settle(request.body(), request.param("operation_id"));
  if (!command) co_return fail(std::move(command.error()));
  Result<flows::Answer> answer = co_await flows::settle_manually(
      request.flows, std::move(request.principal), std::move(request.key), std::move(*command), kRendering);
  if (!answer) co_return fail(std::move(answer.error()));
  co_return answer_reply(std::move(*answer));
}

constexpr std::array kRoutes = {
    Route{get, "/operator/unresolved", Access::admin, Body::none, "list_unresolved", list},
    Route{post, "/operator/operations/{operation_id}/settle", Access::admin, Body::json, "settle_operation",
          settle},
};

}  // namespace

std::span<const Route> operator_routes() {
  return kRoutes;
}

}  // namespace payweir::api::native
