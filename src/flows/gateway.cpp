#include "flows/gateway.hpp"

#include <algorithm>
#include <charconv>

#include "base/check.hpp"
#include "base/planted.hpp"
#include "flows/routing/error_meaning.hpp"

namespace payweir::flows {
namespace {

// No connector needs more answers than this for one operation; a bug must not loop against a gateway.
constexpr int kRoundsMax = 4;
// Pages of a list that is read to its end; beyond, nothing was learnt.
constexpr int kPagesMax = 100;
// A query is asked again; it must not hold a place among those in flight for long.
constexpr Duration kAskTimeout = seconds(10);
constexpr std::size_t kNonceBytes = 16;
// No gateway works on one request for longer.
constexpr Duration kExecutionMax = minutes(2);

ConnectorRequest request_of(const Context& context, const PaymentSnapshot& snapshot,
                            std::optional<Instrument> instrument) {
  const PaymentAggregate& aggregate = snapshot.aggregate;
  const Operation& operation = *aggregate.operation;
  ConnectorRequest request;
  request.kind = operation.kind;
  if (operation.kind == OperationKind::reversal)
    request.kind =
        aggregate.attempt->captured_minor > 0 ? OperationKind::refund : OperationKind::void_authorisation;
  request.operation_reference = to_text(operation.id);
  if (PLANTED(another_key_a_try))
    request.operation_reference += std::to_string(context.settings.last_key_of_earlier_life);
  request.attempt_reference = to_text(aggregate.attempt->id);
  request.payment_reference = snapshot.payment_id();
  request.amount = operation.amount;
  request.payment_amount = aggregate.payment.amount;
  request.capture_method = aggregate.payment.capture_method;
  request.authentication_type = aggregate.payment.authentication_type;
  request.method = aggregate.attempt->method;
  if (instrument) {
    if (auto* card = std::get_if<Card>(&*instrument)) request.card = std::move(*card);
    if (auto* wallet = std::get_if<Wallet>(&*instrument)) request.wallet = std::move(*wallet);
    if (auto* local = std::get_if<LocalMethod>(&*instrument)) request.local = std::move(*local);
  }
  request.payer_was_told = !aggregate.attempt->next_action.empty();
  request.connector_payment_id = aggregate.attempt->connector_payment_id;
  request.connector_operation_id = operation.connector_operation_id;
  request.description = snapshot.details->description;
  request.statement_descriptor_suffix = snapshot.details->statement_descriptor_suffix;
  request.refund_reason = snapshot.refund_details.reason;
  request.recorded_at = operation.created_at;
  request.sendable = context.settings.send_window + context.settings.gateway_timeout;
  request.customer_email = snapshot.details->email;
  request.notify_url = context.settings.public_url + "/webhooks/" + snapshot.merchant->row.merchant_id + "/" +
                       to_text(snapshot.account->row.id);
  request.expires_at = aggregate.payment.expires_at;
  if (operation.kind != OperationKind::authorise) return request;
  request.return_url = context.settings.public_url + "/payments/" + request.payment_reference + "/" +
                       snapshot.merchant->row.merchant_id + "/redirect/response/" +
                       snapshot.account->row.connector;
  if (snapshot.details->paid_on == "page") request.return_url += "?attempt_id=" + request.attempt_reference;
  request.payer_ip = payer_address(*snapshot.details);
  request.billing = billing_of(*snapshot.details);
  request.shipping = read_contact(snapshot.details->shipping_json);
  return request;
}

// What says nothing about the gateway: it was never asked.
bool is_ours(Code code) {
  return code == Code::too_many_connections || code == Code::send_window_passed || code == Code::cancelled ||
         code == Code::invalid_value;
}

Outcome outcome_of_transport_error(const Error& error) {
  const std::string why = std::string(code_name(error.code)) + ": " + error.detail;
  if (error.certainty == Certainty::not_sent || PLANTED(lost_is_not_sent))
    return outcome::NotSent{why, is_ours(error.code)};
  return outcome::Unknown{why, "", false};
}

// `origin`: where the answer came from.
void count_contradiction(Context& context, const PaymentSnapshot& snapshot, const Outcome& outcome,
                         std::string_view origin) {
  const auto* unknown = std::get_if<outcome::Unknown>(&outcome);
  if (!unknown || (!unknown->contradicts && !unknown->not_ours)) return;
  if (unknown->not_ours) context.http.distrust(origin);
  ++context.telemetry.contradictions;
  context.log.write(LogLevel::error, "gateway.contradiction",
                    {{"payment_id", snapshot.payment_id()}, {"why", std::string_view(unknown->why)}});
}

// How far the gateway's clock is ahead of ours, as its answers tell: callbacks are refused by their age, so a
// clock that is wrong refuses good ones. Whole seconds, and late by the answer's way: good enough for an
// alarm.
void observe_clock(Context& context, const ConnectorAccount& account, const http::Response& answer) {
  const std::string_view date = answer.headers.get("Date");
  if (date.empty()) return;
  const Result<Instant> told = parse_http_date(date);
  if (told) context.telemetry.observe_gateway_clock(account.connector_index, *told - context.clock.wall());
}

// How long a gateway that limits our rate wants to be left alone; it may say so in seconds (RFC
// 9110, 10.2.3). Zero: it did not, or gave a date.
Duration retry_after_of(const http::Response& answer) {
  constexpr std::int64_t kSecondsMax = 86'400;
  const std::string_view text = answer.headers.get("Retry-After");
  std::int64_t wait_s = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), wait_s);
  if (error != std::errc() || end != text.data() + text.size() || wait_s < 0) return {};
  return seconds(std::min(wait_s, kSecondsMax));
}

// Makes `take` again with a newer artefact, when that is what it needs. Both live in the caller's frame.
template <class AnyStep>
Task<void> compute_step(Context& context, const ConnectorAccount& account, ConnectorContext& of_account,
                        const AnyStep& step, std::function<void()> take) {
  co_await compute(context, *account.connector, take);
  if (!std::holds_alternative<Need>(step)) co_return;
  check(of_account.may_need, "a connector needs an artefact that it was told it cannot have");
  co_await renew_artefact(context, account, of_account.artefact);
  of_account.artefact = context.artefacts.find(account.row.id.key, account.row.version).artefact;
  of_account.may_need = false;
  co_await compute(context, *account.connector, std::move(take));
  check(!std::holds_alternative<Need>(step), "a connector needs the same artefact twice");
}

}  // namespace

ConnectorContext connector_context(Context& context, const ConnectorAccount& account) {
  const Capabilities& can = account.connector->capabilities();
  const auto base_url = context.settings.connector_base_urls.find(can.name);
  check(base_url != context.settings.connector_base_urls.end(), "a connector has no base URL");
  ConnectorContext of_account{account.credentials,    base_url->second,
                              context.clock.wall(),   context.settings.callback_tolerance,
                              account.prepared.get(), ""};
  if (can.signs_with_rsa) of_account.random = context.random.bytes(RandomPurpose::nonce, kNonceBytes);
  if (can.needs_artefacts && account.connector->needs_artefact(of_account)) {
    of_account.artefact = context.artefacts.find(account.row.id.key, account.row.version).artefact;
    of_account.may_need = true;
  }
  return of_account;
}

Task<void> compute(Context& context, const Connector& connector, std::function<void()> work) {
  if (connector.capabilities().signs_with_rsa)
    co_await context.offload.run(std::move(work));
  else
    work();
}

Task<GatewayCall> call_gateway(Context& context, const PaymentSnapshot& snapshot,
                               std::optional<Instrument> instrument, SendTerms terms) {
  if (!snapshot.account)
    co_return GatewayCall{outcome::NotSent{"the connector account was deleted", true}, 0};
  if (context.review.is_under_way() && !PLANTED(sends_under_review))
    co_return GatewayCall{outcome::NotSent{"the database is under review", true}, 0};
  const ConnectorRequest request = request_of(context, snapshot, std::move(instrument));
  ConnectorContext connector_of = connector_context(context, *snapshot.account);
  const Connector& connector = *snapshot.account->connector;
  GatewayCall call{outcome::Unknown{"the connector came to no end", "", false}, 0};
  Step step;
  std::function<void()> begin = [&] { step = connector.begin(request, connector_of); };
  co_await compute_step(context, *snapshot.account, connector_of, step, std::move(begin));
  std::string origin;
  Duration retry_after{};
  for (int round = 0; round < kRoundsMax; ++round) {
    if (auto* done = std::get_if<step::Done>(&step)) {
      call.outcome = std::move(done->outcome);
      break;
    }
    auto& send = std::get<step::Send>(step);
    if (send.kind == SendKind::money) {
      check(!connector_of.money_was_sent, "a connector would send money twice");
      connector_of.money_was_sent = true;
    }
    CallOptions options;
    options.timeout = std::min(terms.timeout, context.settings.gateway_timeout);
    if (!PLANTED(sends_late)) options.send_by = terms.send_by;
    const std::int64_t started_us = context.clock.suspended_us();
    http::Request wire = std::move(send.request);
    origin = wire.origin;
    if (PLANTED(sends_twice)) {
      http::Request again = wire;
      again.headers.set("Idempotency-Key", to_text(context.new_id<OperationTag>()));
      Result<http::Response> first = co_await context.http.send(std::move(again), options);
      if (first && first->status < 500)
        wire.headers.set("Idempotency-Key", to_text(context.new_id<OperationTag>()));
    }
    Result<http::Response> answer = co_await context.http.send(std::move(wire), options);
    const std::int64_t took_us = context.clock.suspended_us() - started_us;
    call.gateway_us += took_us;
    context.telemetry.gateway_latency.observe(took_us);
    if (!answer) {
      call.outcome = outcome_of_transport_error(answer.error());
      break;
    }
    observe_clock(context, *snapshot.account, *answer);
    retry_after = retry_after_of(*answer);
    std::function<void()> resume = [&] { step = connector.resume(request, connector_of, *answer); };
    co_await compute_step(context, *snapshot.account, connector_of, step, std::move(resume));
  }
  if (auto* rejected = std::get_if<outcome::Rejected>(&call.outcome)) rejected->retry_after = retry_after;
  count_contradiction(context, snapshot, call.outcome, origin);
  if (!std::holds_alternative<outcome::Accepted>(call.outcome))
    co_await explain(context, snapshot.account->row.connector, snapshot.aggregate.operation->kind,
                     call.outcome);
  co_return call;
}

Task<GatewayFinding> ask_gateway(Context& context, const PaymentSnapshot& snapshot, Road road,
                                 Repeats repeats) {
  GatewayFinding result;
  if (!snapshot.account) co_return result;
  ConnectorRequest request = request_of(context, snapshot, std::nullopt);
  request.consistent = road == Road::consistent;
  const int rounds_max = request.consistent ? kPagesMax : kRoundsMax;
  ConnectorContext connector_of = connector_context(context, *snapshot.account);
  const Connector& connector = *snapshot.account->connector;
  AskStep step;
  std::function<void()> begin = [&] { step = connector.ask(request, connector_of); };
  co_await compute_step(context, *snapshot.account, connector_of, step, std::move(begin));
  std::string origin;
  for (int round = 0; round < rounds_max; ++round) {
    if (auto* done = std::get_if<ask::Done>(&step)) {
      result.finding = std::move(done->finding);
      break;
    }
    auto& send = std::get<ask::Send>(step);
    if (send.kind == SendKind::money && repeats == Repeats::forbidden) {
      result.was_held_back = true;
      break;
    }
    CallOptions options;
    options.timeout = std::min(context.settings.gateway_timeout, kAskTimeout);
    const std::int64_t started_us = context.clock.suspended_us();
    http::Request wire = std::move(send.request);
    origin = wire.origin;
    Result<http::Response> answer = co_await context.http.send(std::move(wire), options);
    result.gateway_us += context.clock.suspended_us() - started_us;
    if (!answer) break;
    observe_clock(context, *snapshot.account, *answer);
    // It may have to sign the next question.
    std::function<void()> resume = [&] {
      step = connector.resume_ask(request, connector_of, round, *answer);
    };
    co_await compute_step(context, *snapshot.account, connector_of, step, std::move(resume));
  }
  auto* found = result.finding ? std::get_if<finding::Found>(&*result.finding) : nullptr;
  if (!found) co_return result;
  count_contradiction(context, snapshot, found->outcome, origin);
  co_await explain(context, snapshot.account->row.connector, snapshot.aggregate.operation->kind,
                   found->outcome);
  co_return result;
}

bool may_be_fenced(const Context& context, const PaymentSnapshot& snapshot) {
  if (!snapshot.account) return true;
  const Fence fence = snapshot.account->connector->fence(request_of(context, snapshot, std::nullopt));
  return fence.kind != FenceKind::cancel ||
         context.clock.wall() >= snapshot.aggregate.operation->created_at + fence.horizon;
}

Task<FenceAnswer> fence_at_gateway(Context& context, const PaymentSnapshot& snapshot) {
  if (!snapshot.account) co_return FenceAnswer::unclear;
  const Connector& connector = *snapshot.account->connector;
  const Operation& operation = *snapshot.aggregate.operation;
  const ConnectorRequest request = request_of(context, snapshot, std::nullopt);
  const Fence fence = connector.fence(request);
  switch (fence.kind) {
    case FenceKind::horizon:
      co_return context.clock.wall() >= operation.created_at + fence.horizon ? FenceAnswer::holds
                                                                             : FenceAnswer::unclear;
    case FenceKind::key_takeover:
    case FenceKind::cancel:
    case FenceKind::close: break;
    case FenceKind::none: co_return FenceAnswer::unclear;
  }
  const ConnectorContext connector_of = connector_context(context, *snapshot.account);
  http::Request wire;
  std::function<void()> begin = [&] { wire = connector.begin_fence(request, connector_of); };
  co_await compute(context, connector, std::move(begin));
  CallOptions options;
  options.timeout = std::min(context.settings.gateway_timeout, kAskTimeout);
  Result<http::Response> answer = co_await context.http.send(std::move(wire), options);
  co_return answer ? connector.read_fence(request, connector_of, *answer) : FenceAnswer::unclear;
}

Task<Result<FetchedArtefact>> fetch_artefact(Context& context, const ConnectorAccount& account) {
  const ConnectorContext connector_of = connector_context(context, account);
  http::Request wire;
  std::function<void()> begin = [&] { wire = account.connector->begin_artefact(connector_of); };
  co_await compute(context, *account.connector, std::move(begin));
  CallOptions options;
  options.timeout = std::min(context.settings.gateway_timeout, kAskTimeout);
  const Result<http::Response> answer = co_await context.http.send(std::move(wire), options);
  if (!answer)
    co_return fail(Code::gateway_unclear, "", "the gateway did not answer: " + answer.error().detail);
  Result<FetchedArtefact> fetched;
  std::function<void()> read = [&] { fetched = account.connector->read_artefact(connector_of, *answer); };
  co_await compute(context, *account.connector, std::move(read));
  co_return fetched;
}

Task<Result<void>> ask_whether_valid(Context& context, const ConnectorAccount& account) {
  ConnectorContext connector_of = connector_context(context, account);
  std::string not_fetched;
  if (connector_of.may_need && !connector_of.artefact) {
    // For this once: the account may have no row yet to keep it under. What is configured may do without.
    Result<FetchedArtefact> fetched = co_await fetch_artefact(context, account);
    if (fetched)
      connector_of.artefact = std::move(fetched->artefact);
    else if (fetched.error().code == Code::connector_credentials_invalid)
      co_return fail(std::move(fetched.error()));
    else
      not_fetched = std::move(fetched.error().detail);
  }
  http::Request wire;
  std::function<void()> begin = [&] { wire = account.connector->begin_verify(connector_of); };
  co_await compute(context, *account.connector, std::move(begin));
  CallOptions options;
  options.timeout = std::min(context.settings.gateway_timeout, kAskTimeout);
  const Result<http::Response> answer = co_await context.http.send(std::move(wire), options);
  if (!answer)
    co_return fail(Code::gateway_unclear, "", "the gateway did not answer: " + answer.error().detail);
  Result<void> valid = account.connector->read_verify(connector_of, *answer);
  if (!valid && !not_fetched.empty())
    valid.error().detail += "; what else could tell was not to be had: " + not_fetched;
  co_return valid;
}

Duration attempt_timeout(const Settings& settings, const ConnectorAccount& account, AttemptPlace place) {
  const bool is_first = place == AttemptPlace::first;
  const Duration of_account = is_first ? account.first_timeout : account.later_timeout;
  const Duration of_switch = is_first ? settings.first_timeout : settings.later_timeout;
  return std::min(of_account.ms > 0 ? of_account : of_switch, settings.gateway_timeout);
}

Instant executed_by(const Settings& settings, const Operation& operation) {
  return operation.created_at + settings.send_window + settings.gateway_timeout + kExecutionMax;
}

Instant first_ask(const Settings& settings, Instant now) {
  return now + settings.send_window + settings.gateway_timeout * 2;
}

}  // namespace payweir::flows
