#include "connectors/wechatpay/response.hpp"

#include "base/form.hpp"
#include "base/json_writer.hpp"
#include "connectors/wechatpay/request.hpp"
#include "connectors/wechatpay/signature.hpp"

namespace payweir::wechatpay {
namespace {

using json::Value;

constexpr json::Limits kLimits{.depth_max = 32, .keys_max = 10'000};

Outcome unknown(std::string why) {
  return outcome::Unknown{std::move(why), "", false};
}
Outcome contradiction(std::string why) {
  return outcome::Unknown{std::move(why), "", true};
}
Outcome not_ours(std::string why) {
  return outcome::Unknown{std::move(why), "", false, true};
}

GatewayError describe(const Content& content) {
  return {std::string(content.root()["code"].text()), std::string(content.root()["message"].text())};
}

std::string words_of(const Content& content) {
  return "WeChat Pay answered HTTP " + std::to_string(content.status) + " " +
         std::string(content.root()["code"].text());
}
Outcome said(const Content& content) {
  return unknown(words_of(content));
}

// An order that only shows the payer something can be refused by anybody: nothing was charged.
bool moves_money(const ConnectorRequest& request) {
  return request.kind != OperationKind::authorise || request.method == PaymentMethod::we_chat_pay_barcode;
}

Outcome refused(const ConnectorRequest& request, const Content& content) {
  if (!content.is_signed && moves_money(request)) return said(content);
  const ErrorRow& row = content.error();
  GatewayError error = describe(content);
  using Cause = outcome::Rejected::Cause;
  switch (row.ours) {
    case Refusal::declined: return outcome::Declined{std::move(error), row.reason, row.retry, "", {}};
    case Refusal::rejected: return outcome::Rejected{std::move(error), Cause::request};
    case Refusal::credentials: return outcome::Rejected{std::move(error), Cause::credentials};
    case Refusal::rate_limited: return outcome::Rejected{std::move(error), Cause::rate_limit};
    case Refusal::not_found:
    case Refusal::paid:
    case Refusal::closed:
    case Refusal::unknown: break;
  }
  return said(content);
}

outcome::Accepted accepted(const ConnectorRequest& request, const Value& root, AcceptedAs as) {
  outcome::Accepted accepted;
  accepted.as = as;
  accepted.connector_payment_id = root["transaction_id"].text();
  accepted.amount = request.payment_amount;
  return accepted;
}

// What a page inside WeChat, or an app, hands to WeChat: …/4012791898 (JSAPI) and …/4013070351 (app).
NextAction handover(const ConnectorRequest& request, const ConnectorContext& context,
                    std::string_view prepay_id) {
  const Credentials& credentials = credentials_of(context);
  const std::string timestamp = timestamp_of(context), nonce = nonce_of(context);
  json::Writer out(1024);
  if (request.method == PaymentMethod::we_chat_pay_jsapi) {
    const std::string package = "prepay_id=" + std::string(prepay_id);
    out.begin_object().field("appId", credentials.appid).field("timeStamp", timestamp);
    out.field("nonceStr", nonce).field("package", package).field("signType", "RSA");
    out.field("paySign", pay_sign(credentials, timestamp, nonce, package)).end_object();
  } else {
    out.begin_object().field("appid", credentials.appid).field("partnerid", credentials.mchid);
    out.field("prepayid", prepay_id).field("package", "Sign=WXPay").field("noncestr", nonce);
    out.field("timestamp", timestamp);
    out.field("sign", pay_sign(credentials, timestamp, nonce, prepay_id)).end_object();
  }
  return {NextActionKind::sdk, std::move(out).take()};
}

NextAction next_action_of(const ConnectorRequest& request, const ConnectorContext& context,
                          const Value& root) {
  const auto given = [&](std::string_view name) { return std::string(root[name].text()); };
  switch (request.method) {
    case PaymentMethod::we_chat_pay_qr:
      if (given("code_url").empty()) return {};
      return {NextActionKind::qr_code, given("code_url")};
    case PaymentMethod::we_chat_pay_redirect:
      if (given("h5_url").empty()) return {};
      return {NextActionKind::redirect,
              given("h5_url") + "&redirect_url=" + form::percent_encode(request.return_url)};
    case PaymentMethod::we_chat_pay_app:
    case PaymentMethod::we_chat_pay_jsapi:
      if (given("prepay_id").empty()) return {};
      return handover(request, context, given("prepay_id"));
    default: return {};
  }
}

bool is_ours(const ConnectorRequest& request, const Credentials& credentials, const Value& root) {
  const Value appid = root["appid"];
  return root["out_trade_no"].text() == request.attempt_reference &&
         root["mchid"].text() == credentials.mchid && (appid.empty() || appid.text() == credentials.appid);
}

// A transaction, as a barcode payment, a query and a callback show it.
Outcome read_transaction(const ConnectorRequest& request, const Credentials& credentials, const Value& root) {
  if (!is_ours(request, credentials, root)) return not_ours("the answer is about another order");
  switch (map_trade_state(root["trade_state"].text())) {
    case TradeState::waiting:
    case TradeState::paying: return accepted(request, root, AcceptedAs::needs_action);
    case TradeState::pending: return accepted(request, root, AcceptedAs::pending);
    case TradeState::paid: {
      const Value amount = root["amount"], total = amount["total"], currency = amount["currency"];
      if (!total.is(json::Kind::integer)) return unknown("the answer names no amount that can be read");
      if (total.integer() != request.payment_amount.minor || (!currency.empty() && currency.text() != "CNY"))
        return contradiction("the answer is about another amount or currency");
      return accepted(request, root, AcceptedAs::captured);
    }
    case TradeState::closed: {
      outcome::Accepted closed = accepted(request, root, AcceptedAs::voided);
      closed.has_lapsed = request.kind == OperationKind::authorise;  // by WeChat Pay, in its time
      return closed;
    }
    case TradeState::failed: {
      GatewayError error{"PAYERROR", std::string(root["trade_state_desc"].text())};
      return outcome::Declined{std::move(error),
                               DeclineReason::processing_error,
                               RetryClass::needs_customer,
                               std::string(root["transaction_id"].text()),
                               {}};
    }
    case TradeState::unheard_of: break;
  }
  return unknown("WeChat Pay has a state that we do not know");
}

Outcome read_order(const ConnectorRequest& request, const ConnectorContext& context, const Content& content) {
  const bool is_barcode = request.method == PaymentMethod::we_chat_pay_barcode;
  const bool is_paying = is_barcode && content.status == 202;  // the payer is typing a password
  if (is_paying && content.is_signed) return accepted(request, content.root(), AcceptedAs::needs_action);
  if (!content.is_success()) return refused(request, content);
  if (is_barcode) return read_transaction(request, credentials_of(context), content.root());
  outcome::Accepted waiting = accepted(request, content.root(), AcceptedAs::needs_action);
  waiting.next_action = next_action_of(request, context, content.root());
  if (waiting.next_action.empty()) return unknown("the answer lacks what the payer needs");
  return waiting;
}

Outcome read_close(const ConnectorRequest& request, const Content& content) {
  // A reversal names its order; a close answers 204 and nothing.
  if (const Value number = content.root()["out_trade_no"];
      content.is_success() && !number.empty() && number.text() != request.attempt_reference)
    return not_ours("the answer is about another order");
  // 204 for an order that was closed before, too. Paid, it cannot be closed, and a query has to tell.
  if (content.is_success()) return accepted(request, content.root(), AcceptedAs::voided);
  const Refusal refusal = content.error().ours;
  if (content.is_signed && (refusal == Refusal::closed || refusal == Refusal::not_found))
    return accepted(request, content.root(), AcceptedAs::voided);
  if (refusal == Refusal::declined) return said(content);
  return refused(request, content);
}

Outcome read_refund(const ConnectorRequest& request, const Content& content) {
  // Our number is sent once, so that the refusal cannot be about another request under it: more than is left.
  if (content.is_signed && content.error().theirs == "INVALIDREQUEST")
    return outcome::Declined{
        describe(content), DeclineReason::not_permitted, RetryClass::do_not_retry, "", {}};
  if (!content.is_success()) return refused(request, content);
  const Value root = content.root(), amount = root["amount"]["refund"], currency = root["amount"]["currency"];
  if (root["out_refund_no"].text() != request.operation_reference)
    return not_ours("the answer is about another refund");
  if ((!amount.empty() && amount.integer() != request.amount.minor) ||
      (!currency.empty() && currency.text() != "CNY"))
    return contradiction("the answer is about another amount or currency");
  outcome::Accepted refund;
  refund.connector_payment_id = root["refund_id"].text();
  refund.amount = request.amount;
  switch (map_refund_status(root["status"].text())) {
    case RefundStatus::processing: refund.as = AcceptedAs::pending; return refund;
    case RefundStatus::done: refund.as = AcceptedAs::refunded; return refund;
    case RefundStatus::closed:
      return outcome::Declined{{"CLOSED", "the refund was closed"},
                               DeclineReason::processing_error,
                               RetryClass::do_not_retry,
                               refund.connector_payment_id,
                               {}};
    case RefundStatus::abnormal:
      return outcome::Declined{
          {"ABNORMAL", "the payer's account takes no money; it has to be refunded by hand"},
          DeclineReason::invalid_account,
          RetryClass::do_not_retry,
          refund.connector_payment_id,
          {}};
    case RefundStatus::unheard_of: break;
  }
  refund.as = AcceptedAs::pending;
  return refund;
}

// Nobody can pay an order whose code or address was lost with the answer.
bool is_unpayable(const ConnectorRequest& request, const Outcome& outcome) {
  const auto* accepted = std::get_if<outcome::Accepted>(&outcome);
  return accepted && accepted->as == AcceptedAs::needs_action && request.kind == OperationKind::authorise &&
         request.method != PaymentMethod::we_chat_pay_barcode && !request.payer_was_told;
}

}  // namespace

Result<Content> read_content(const http::Response& answer, const ConnectorContext& context) {
  Content content;
  content.status = answer.status;
  const bool claims_to_be_signed = answer.headers.has("Wechatpay-Signature");
  if (claims_to_be_signed || answer.status / 100 == 2) {
    const Result<void> verified =
        verify(answer.headers, answer.body, trust_of(context), context.now, context.callback_tolerance);
    if (!verified) return fail(Code::signature_mismatch, "", verified.error().detail);
    content.is_signed = true;
  }
  if (answer.body.empty()) return content;
  Result<json::Document> document = json::parse(answer.body, kLimits);
  if (!document) return fail(Code::connector_answer_malformed, "", "the answer is no JSON");
  content.document = std::move(*document);
  // Signed is the body and not the status: a server that fails decides nothing, whatever it writes.
  if (content.status / 100 == 5) return fail(Code::gateway_unclear, "", words_of(content));
  return content;
}

bool needs_newer_certificates(const http::Response& answer, const ConnectorContext& context) {
  return context.may_need && answer.headers.has("Wechatpay-Signature") &&
         is_by_unknown_key(answer.headers, trust_of(context), context.now, context.callback_tolerance);
}

Outcome read_money_answer(const ConnectorRequest& request, const ConnectorContext& context,
                          const http::Response& answer) {
  const Result<Content> content = read_content(answer, context);
  if (!content && content.error().code == Code::signature_mismatch) return not_ours(content.error().detail);
  if (!content) return unknown(content.error().detail);
  switch (request.kind) {
    case OperationKind::authorise: return read_order(request, context, *content);
    case OperationKind::void_authorisation: return read_close(request, *content);
    case OperationKind::refund: return read_refund(request, *content);
    case OperationKind::capture:
    case OperationKind::reversal: break;
  }
  return unknown("an answer to something that is never asked");
}

Finding read_query_answer(const ConnectorRequest& request, const ConnectorContext& context,
                          const http::Response& answer) {
  const Result<Content> content = read_content(answer, context);
  if (!content && content.error().code == Code::signature_mismatch)
    return finding::Found{not_ours(content.error().detail)};
  if (!content) return finding::Found{unknown(content.error().detail)};
  if (!content->is_success()) {
    if (content->is_signed && content->error().ours == Refusal::not_found) return finding::NotFound{};
    return finding::Found{said(*content)};
  }
  if (request.kind == OperationKind::refund) return finding::Found{read_refund(request, *content)};
  Outcome outcome = read_transaction(request, credentials_of(context), content->root());
  if (is_unpayable(request, outcome)) return finding::NotFound{};
  return finding::Found{std::move(outcome)};
}

bool refuses_to_reverse(const ConnectorContext& context, const http::Response& answer) {
  const Result<Content> content = read_content(answer, context);
  return content && content->is_signed && !content->is_success() &&
         content->error().ours == Refusal::declined;
}

FenceAnswer read_close_answer(const ConnectorRequest& request, const ConnectorContext& context,
                              const http::Response& answer) {
  const Result<Content> content = read_content(answer, context);
  if (!content || !content->is_signed) return FenceAnswer::unclear;
  const bool is_barcode = request.method == PaymentMethod::we_chat_pay_barcode;
  // A reversal takes back what was paid: a query tells what it found.
  if (content->is_success()) return is_barcode ? FenceAnswer::spent : FenceAnswer::holds;
  switch (content->error().ours) {
    case Refusal::closed: return FenceAnswer::holds;
    case Refusal::paid: return FenceAnswer::spent;
    case Refusal::not_found:
      // The order may still arrive. A code that nobody is shown cannot be paid; a barcode is charged at once.
      if (!is_barcode) return FenceAnswer::holds;
      return context.now >= request.recorded_at + request.sendable + kExecutionMax ? FenceAnswer::holds
                                                                                   : FenceAnswer::unclear;
    default: return FenceAnswer::unclear;
  }
}

}  // namespace payweir::wechatpay
