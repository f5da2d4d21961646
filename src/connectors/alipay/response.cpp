#include "connectors/alipay/response.hpp"

#include "base/json_writer.hpp"
#include "connectors/alipay/request.hpp"
#include "connectors/alipay/signature.hpp"
#include "crypto/aes_cbc.hpp"
#include "crypto/encoding.hpp"

namespace payweir::alipay {
namespace {

using json::Value;

constexpr json::Limits kLimits{.depth_max = 32, .keys_max = 10'000};
constexpr std::string_view kZeroIv{"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16};

Outcome unknown(std::string why) {
  return outcome::Unknown{std::move(why), "", false};
}
Outcome contradiction(std::string why) {
  return outcome::Unknown{std::move(why), "", true};
}
Outcome not_ours(std::string why) {
  return outcome::Unknown{std::move(why), "", false, true};
}

GatewayError describe(const Value& root) {
  const std::string_view sub_code = root["sub_code"].text(), sub_message = root["sub_msg"].text();
  return {std::string(sub_code.empty() ? root["code"].text() : sub_code),
          std::string(sub_message.empty() ? root["msg"].text() : sub_message)};
}

// An order that only shows the payer something can be refused by anybody: nothing was charged.
bool moves_money(const ConnectorRequest& request) {
  return request.kind != OperationKind::authorise || request.method == PaymentMethod::ali_pay_barcode;
}

Outcome refused(const ConnectorRequest& request, const Content& content) {
  const ErrorRow& row = content.error();
  GatewayError error = describe(content.root());
  if (!content.is_signed && moves_money(request)) return unknown("Alipay answered unsigned " + error.code);
  using Cause = outcome::Rejected::Cause;
  switch (row.ours) {
    case Refusal::declined:
      if (content.is_signed) return outcome::Declined{std::move(error), row.reason, row.retry, "", {}};
      break;
    case Refusal::rejected: return outcome::Rejected{std::move(error), Cause::request};
    case Refusal::credentials: return outcome::Rejected{std::move(error), Cause::credentials};
    case Refusal::rate_limited: return outcome::Rejected{std::move(error), Cause::rate_limit};
    case Refusal::not_found:
    case Refusal::unknown: break;
  }
  return unknown("Alipay answered " + error.code);
}

bool is_ours(const ConnectorRequest& request, const Value& root) {
  return root["out_trade_no"].text() == request.attempt_reference;
}

Result<Money> yuan(const Value& value) {
  return parse_major(value.text(), Currency::parse("CNY").value());
}

outcome::Accepted accepted(const ConnectorRequest& request, const Value& root, AcceptedAs as) {
  outcome::Accepted accepted;
  accepted.as = as;
  accepted.connector_payment_id = root["trade_no"].text();
  accepted.amount = request.payment_amount;
  return accepted;
}

// The order's own currency; the payer's and the one that Alipay settles in may be others.
bool is_in_yuan(const Value& currency) {
  return currency.empty() || currency.text() == "CNY";
}

// Paid: the amount must be what was asked for, to the fen.
Outcome paid(const ConnectorRequest& request, const Value& root) {
  const Result<Money> amount = yuan(root["total_amount"]);
  if (!amount) return unknown("the answer names no amount that can be read");
  if (*amount != request.payment_amount || !is_in_yuan(root["trans_currency"]))
    return contradiction("the answer is about another amount or currency");
  return accepted(request, root, AcceptedAs::captured);
}

// What the payer needs, out of the answer that made the order.
NextAction next_action_of(PaymentMethod method, const Value& root) {
  if (method == PaymentMethod::ali_pay_qr) {
    const std::string_view code = root["qr_code"].text();
    if (code.empty()) return {};
    return {NextActionKind::qr_code, std::string(code)};
  }
  if (method != PaymentMethod::ali_pay_jsapi || root["trade_no"].text().empty()) return {};
  json::Writer out(64);
  out.begin_object().field("trade_no", root["trade_no"].text()).end_object();
  return {NextActionKind::sdk, std::move(out).take()};
}

Outcome read_order(const ConnectorRequest& request, const Content& content) {
  const Value root = content.root();
  if (root["code"].text() == "10003") {  // the payer is typing a password
    if (!is_ours(request, root)) return not_ours("the answer is about another order");
    return accepted(request, root, AcceptedAs::needs_action);
  }
  if (!content.is_success()) return refused(request, content);
  if (!is_ours(request, root)) return not_ours("the answer is about another order");
  if (request.method == PaymentMethod::ali_pay_barcode) return paid(request, root);
  outcome::Accepted waiting = accepted(request, root, AcceptedAs::needs_action);
  waiting.next_action = next_action_of(request.method, root);
  if (waiting.next_action.empty()) return unknown("the answer lacks what the payer needs");
  return waiting;
}

Outcome read_cancel(const ConnectorRequest& request, const Content& content) {
  const Value root = content.root();
  if (!content.is_success()) {
    // There is nothing to cancel; and what is paid cannot be closed, so that a query has to tell.
    if (content.is_signed && content.error().ours == Refusal::not_found)
      return accepted(request, root, AcceptedAs::voided);
    if (content.error().ours == Refusal::declined) return unknown("Alipay answered " + describe(root).code);
    return refused(request, content);
  }
  if (!is_ours(request, root)) return not_ours("the answer is about another order");
  if (root["retry_flag"].text() == "Y") return unknown("Alipay asks to cancel once more");
  return accepted(request, root, AcceptedAs::voided);
}

outcome::Accepted refunded(const ConnectorRequest& request, AcceptedAs as) {
  outcome::Accepted accepted;
  accepted.as = as;
  accepted.connector_payment_id = request.operation_reference;  // Alipay has no other name for a refund
  accepted.amount = request.amount;
  return accepted;
}

Outcome read_refund(const ConnectorRequest& request, const Content& content) {
  if (!content.is_success()) return refused(request, content);
  const Value root = content.root();
  if (!is_ours(request, root)) return not_ours("the answer is about another order");
  if (!is_in_yuan(root["refund_currency"])) return contradiction("the answer is about another currency");
  // N: the money did not move by this very call. It may have by an earlier one, so that a query has to tell.
  return refunded(request, root["fund_change"].text() == "Y" ? AcceptedAs::refunded : AcceptedAs::pending);
}

Finding read_trade(const ConnectorRequest& request, const Content& content) {
  const Value root = content.root();
  const bool is_page = request.method != PaymentMethod::ali_pay_barcode;
  if (!content.is_success()) {
    if (!content.is_signed || content.error().ours != Refusal::not_found)
      return finding::Found{unknown("Alipay answered " + describe(root).code)};
    // Until the payer opens the page or scans the code there is no trade, however well the order was made.
    if (is_page && request.payer_was_told && request.kind == OperationKind::authorise)
      return finding::Found{accepted(request, root, AcceptedAs::needs_action)};
    return finding::NotFound{};
  }
  if (!is_ours(request, root)) return finding::Found{not_ours("the answer is about another order")};
  switch (map_trade_status(root["trade_status"].text())) {
    case TradeStatus::waiting: {
      outcome::Accepted waiting = accepted(request, root, AcceptedAs::needs_action);
      if (request.method == PaymentMethod::ali_pay_jsapi)
        waiting.next_action = next_action_of(request.method, root);
      // Nobody can pay an order whose code or address was lost with the answer.
      if (is_page && !request.payer_was_told && waiting.next_action.empty()) return finding::NotFound{};
      return finding::Found{std::move(waiting)};
    }
    case TradeStatus::paid: return finding::Found{paid(request, root)};
    case TradeStatus::closed: {
      outcome::Accepted closed = accepted(request, root, AcceptedAs::voided);
      closed.has_lapsed = request.kind == OperationKind::authorise;  // by Alipay, in its time
      return finding::Found{std::move(closed)};
    }
    case TradeStatus::unheard_of: break;
  }
  return finding::Found{unknown("Alipay has a status that we do not know")};
}

Finding read_refund_query(const ConnectorRequest& request, const Content& content) {
  const Value root = content.root();
  if (!content.is_success()) {
    if (content.is_signed && content.error().ours == Refusal::not_found) return finding::NotFound{};
    return finding::Found{unknown("Alipay answered " + describe(root).code)};
  }
  if (root["refund_status"].text().empty()) return finding::NotFound{};  // it was not done
  if (!is_ours(request, root) || root["out_request_no"].text() != request.operation_reference)
    return finding::Found{not_ours("the answer is about another refund")};
  if (root["refund_status"].text() != "REFUND_SUCCESS")
    return finding::Found{unknown("Alipay has a status of refunds that we do not know")};
  const Result<Money> amount = yuan(root["refund_amount"]);
  if (!amount) return finding::Found{unknown("the answer names no amount that can be read")};
  if (*amount != request.amount || !is_in_yuan(root["refund_currency"]))
    return finding::Found{contradiction("the answer is about another amount or currency")};
  return finding::Found{refunded(request, AcceptedAs::refunded)};
}

}  // namespace

Result<Content> read_content(const http::Response& answer, std::string_view method,
                             const Credentials& credentials) {
  if (answer.status / 100 != 2)
    return fail(Code::connector_answer_malformed, "",
                "Alipay answered HTTP " + std::to_string(answer.status));
  const Result<SignedAnswer> taken = take_apart(answer.body, method);
  if (!taken) return fail(taken.error());
  Content content;
  content.is_signed = !taken->sign.empty();
  // What the gateway refuses before it knows whose keys to use it cannot sign.
  if (!content.is_signed && !taken->is_error_response)
    return fail(Code::signature_mismatch, "", "the answer is not signed");
  if (content.is_signed && !credentials.verify(taken->content, taken->sign, taken->cert_sn))
    return fail(Code::signature_mismatch, "", "the answer was not signed by Alipay");
  std::string plain(taken->content);
  if (plain.starts_with('"')) {  // encrypted: the signature is over the text in its quotes
    const Result<std::string> sealed =
        crypto::from_base64(taken->content.substr(1, taken->content.size() - 2));
    if (!sealed || credentials.aes_key.empty())
      return fail(Code::connector_answer_malformed, "",
                  "the answer is encrypted, and there is no key for it");
    Result<std::string> opened = crypto::aes_cbc_decrypt(credentials.aes_key.reveal(), kZeroIv, *sealed);
    if (!opened) return fail(std::move(opened.error()));
    plain = std::move(*opened);
  }
  Result<json::Document> document = json::parse(plain, kLimits);
  if (!document) return fail(Code::connector_answer_malformed, "", "the answer is no JSON");
  content.document = std::move(*document);
  // 10000 is done, 10003 under way: what nobody signed can only be a refusal.
  if (!content.is_signed && content.root()["code"].text().starts_with('1'))
    return fail(Code::signature_mismatch, "", "the answer is not signed");
  return content;
}

bool answers(const http::Response& answer, std::string_view method) {
  const Result<SignedAnswer> taken = take_apart(answer.body, method);
  return taken && !taken->is_error_response;
}

Outcome read_money_answer(const ConnectorRequest& request, const Credentials& credentials,
                          std::string_view method, const http::Response& answer) {
  const Result<Content> content = read_content(answer, method, credentials);
  if (!content) {
    if (content.error().code == Code::signature_mismatch) return not_ours(content.error().detail);
    return unknown(content.error().detail);
  }
  switch (request.kind) {
    case OperationKind::authorise: return read_order(request, *content);
    case OperationKind::void_authorisation: return read_cancel(request, *content);
    case OperationKind::refund: return read_refund(request, *content);
    case OperationKind::capture:
    case OperationKind::reversal: break;
  }
  return unknown("an answer to something that is never asked");
}

Finding read_query_answer(const ConnectorRequest& request, const Credentials& credentials,
                          const http::Response& answer) {
  const bool is_refund = request.kind == OperationKind::refund;
  const Result<Content> content = read_content(answer, is_refund ? kRefundQuery : kQuery, credentials);
  if (!content)
    return finding::Found{content.error().code == Code::signature_mismatch ? not_ours(content.error().detail)
                                                                           : unknown(content.error().detail)};
  return is_refund ? read_refund_query(request, *content) : read_trade(request, *content);
}

bool refuses_to_cancel(const Credentials& credentials, const http::Response& answer) {
  const Result<Content> content = read_content(answer, kCancel, credentials);
  return content && content->is_signed && !content->is_success() &&
         content->error().ours == Refusal::declined;
}

FenceAnswer read_cancel_answer(const ConnectorRequest& request, const Credentials& credentials,
                               const http::Response& answer) {
  const Result<Content> content = read_content(answer, kCancel, credentials);
  if (!content) return FenceAnswer::unclear;
  const Outcome outcome = read_cancel(request, *content);
  const auto* done = std::get_if<outcome::Accepted>(&outcome);
  if (!done) return FenceAnswer::unclear;
  // It had been paid, and that was taken back: a query tells the whole story.
  return content->root()["action"].text() == "refund" ? FenceAnswer::spent : FenceAnswer::holds;
}

}  // namespace payweir::alipay
