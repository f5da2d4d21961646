#include "connectors/wechatpay/wechatpay.hpp"

#include "connectors/wechatpay/bill.hpp"
#include "connectors/wechatpay/certificates.hpp"
#include "connectors/wechatpay/credentials.hpp"
#include "connectors/wechatpay/identity.hpp"
#include "connectors/wechatpay/notification.hpp"
#include "connectors/wechatpay/request.hpp"
#include "connectors/wechatpay/response.hpp"
#include "connectors/wechatpay/retry_rules.hpp"
#include "connectors/wire/mask.hpp"

namespace payweir {
namespace {

constexpr PaymentMethod kPaymentMethods[] = {
    PaymentMethod::we_chat_pay_qr,    PaymentMethod::we_chat_pay_redirect, PaymentMethod::we_chat_pay_app,
    PaymentMethod::we_chat_pay_jsapi, PaymentMethod::we_chat_pay_barcode,
};
constexpr std::string_view kCurrencies[] = {"CNY"};
constexpr Capabilities kCapabilities{
    .name = "wechatpay",
    .display_name = "WeChat Pay",
    .maturity = "alpha",
    .manual_capture = false,
    .partial_capture = false,
    .partial_refund = true,
    .payment_methods = kPaymentMethods,
    .currencies = kCurrencies,
    .auth_types = wechatpay::kAuthTypes,
    .retry_rules = wechatpay::kRetryRules,
    .acknowledgement = {.content_type = "application/json",
                        .taken = R"({"code":"SUCCESS","message":""})",
                        .refused = R"({"code":"FAIL","message":"not taken"})"},
    .signs_with_rsa = true,
    .needs_artefacts = true,
    .gives_statements = true,
    .has_certificates = true,
};

// Any refund has arrived, been executed and is shown by then.
constexpr Duration kRefundHorizon = minutes(15);
// No order of ours is called so.
constexpr std::string_view kNoOrder = "payweir_credentials_check";

}  // namespace

const Capabilities& WechatPay::capabilities() const {
  return kCapabilities;
}

Step WechatPay::begin(const ConnectorRequest& request, const ConnectorContext& context) const {
  const Result<wechatpay::Call> call = wechatpay::call_of(request, context);
  if (call) return step::Send{wechatpay::build_request(*call, context), SendKind::money};
  GatewayError error{std::string(code_name(call.error().code)), call.error().detail};
  return step::Done{outcome::Rejected{std::move(error), outcome::Rejected::Cause::request}};
}

Step WechatPay::resume(const ConnectorRequest& request, const ConnectorContext& context,
                       const http::Response& answer) const {
  if (wechatpay::needs_newer_certificates(answer, context)) return Need{};
  Outcome outcome = wechatpay::read_money_answer(request, context, answer);
  return step::Done{wire::masked(std::move(outcome), request, kCapabilities, context.credentials)};
}

AskStep WechatPay::ask(const ConnectorRequest& request, const ConnectorContext& context) const {
  return ask::Send{wechatpay::build_request(wechatpay::query_of(request, context), context)};
}

// Of the void of a barcode payment: the reversal under way may pay back what was paid meanwhile, so that
// nothing but a reversal, or the refusal of one, tells how it ends. What is closed without having been paid
// is told by a query.
AskStep WechatPay::resume_ask(const ConnectorRequest& request, const ConnectorContext& context, int round,
                              const http::Response& answer) const {
  if (wechatpay::needs_newer_certificates(answer, context)) return Need{};
  const bool is_void = request.kind == OperationKind::void_authorisation;
  const bool pays_back = request.method == PaymentMethod::we_chat_pay_barcode;
  if (is_void && round == 1) {
    if (pays_back && wechatpay::refuses_to_reverse(context, answer))
      return ask::Send{wechatpay::build_request(wechatpay::query_of(request, context), context)};
    Outcome outcome = wechatpay::read_money_answer(request, context, answer);
    return ask::Done{
        finding::Found{wire::masked(std::move(outcome), request, kCapabilities, context.credentials)}};
  }
  Finding finding = wechatpay::read_query_answer(request, context, answer);
  if (!is_void) return ask::Done{std::move(finding)};
  const auto* found = std::get_if<finding::Found>(&finding);
  const auto* accepted = found ? std::get_if<outcome::Accepted>(&found->outcome) : nullptr;
  const bool is_paid = accepted && accepted->as == AcceptedAs::captured;
  const bool is_open =
      !found || (accepted && accepted->as == AcceptedAs::needs_action) || (is_paid && pays_back);
  if (!is_open || (round > 1 && is_paid)) return ask::Done{std::move(finding)};
  if (round > 1)
    return ask::Done{finding::Found{outcome::Unknown{"WeChat Pay refuses to reverse", "", false}}};
  return ask::Send{wechatpay::build_request(wechatpay::close_of(request, context), context),
                   pays_back ? SendKind::money : SendKind::query};
}

Fence WechatPay::fence(const ConnectorRequest& request) const {
  if (request.kind == OperationKind::refund) return {FenceKind::horizon, kRefundHorizon};
  if (request.method == PaymentMethod::we_chat_pay_barcode)
    return {FenceKind::cancel, request.sendable + wechatpay::kExecutionMax};
  return {FenceKind::close, {}};
}

http::Request WechatPay::begin_fence(const ConnectorRequest& request, const ConnectorContext& context) const {
  return wechatpay::build_request(wechatpay::close_of(request, context), context);
}

FenceAnswer WechatPay::read_fence(const ConnectorRequest& request, const ConnectorContext& context,
                                  const http::Response& answer) const {
  return wechatpay::read_close_answer(request, context, answer);
}

Result<GatewayEvent> WechatPay::read_webhook(const http::Headers& headers, std::string_view body,
                                             const ConnectorContext& context) const {
  return wechatpay::read_notification(headers, body, wechatpay::trust_of(context), context.now,
                                      context.callback_tolerance);
}

bool WechatPay::may_overturn(std::string_view event_type) const {
  return event_type == "TRANSACTION.SUCCESS" || event_type == "REFUND.ABNORMAL" ||
         event_type == "REFUND.CLOSED";
}

Result<std::shared_ptr<const PreparedCredentials>> WechatPay::prepare(
    const ConnectorCredentials& credentials) const {
  auto read = wechatpay::Credentials::read(credentials);
  if (!read) return fail(std::move(read.error()));
  return std::move(*read);
}

http::Request WechatPay::begin_verify(const ConnectorContext& context) const {
  ConnectorRequest request;
  request.attempt_reference = kNoOrder;
  return wechatpay::build_request(wechatpay::query_of(request, context), context);
}

Result<void> WechatPay::read_verify(const ConnectorContext& context, const http::Response& answer) const {
  const Result<wechatpay::Content> content = wechatpay::read_content(answer, context);
  if (!content && content.error().code == Code::signature_mismatch)
    return fail(
        Code::connector_credentials_invalid, "connector_account_details.public_key",
        "WeChat Pay answers, but not with a key that is configured as its own: " + content.error().detail);
  if (!content) return fail(Code::gateway_unclear, "", content.error().detail);
  std::string words =
      std::string(content->root()["code"].text()) + " " + std::string(content->root()["message"].text());
  wire::mask_credentials(words, kCapabilities, context.credentials);
  const wechatpay::Refusal refusal = content->error().ours;
  if (content->is_signed && (content->is_success() || refusal == wechatpay::Refusal::not_found)) return {};
  if (refusal == wechatpay::Refusal::credentials || refusal == wechatpay::Refusal::rejected)
    return fail(Code::connector_credentials_invalid, "connector_account_details",
                "WeChat Pay refuses: " + words);
  return fail(Code::gateway_unclear, "", "WeChat Pay answered " + words);
}

bool WechatPay::needs_artefact(const ConnectorContext& context) const {
  return wechatpay::credentials_of(context).fetches_certificates();
}

http::Request WechatPay::begin_artefact(const ConnectorContext& context) const {
  return wechatpay::build_request({http::Method::get, "/v3/certificates", ""}, context);
}

Result<FetchedArtefact> WechatPay::read_artefact(const ConnectorContext& context,
                                                 const http::Response& answer) const {
  return wechatpay::read_certificates(context, answer);
}

std::vector<CertificateTerm> WechatPay::certificates(const ConnectorContext& context) const {
  const wechatpay::Trust trust = wechatpay::trust_of(context);
  std::vector<CertificateTerm> terms = trust.credentials.certificates;
  if (trust.fetched != nullptr)
    for (const auto& each : trust.fetched->all)
      terms.push_back({"gateway", each.key.serial, each.not_after});
  return terms;
}

Result<http::Request> WechatPay::begin_statement(std::string_view day,
                                                 const ConnectorContext& context) const {
  return wechatpay::ask_for_bill(day, context);
}

Result<StatementSource> WechatPay::read_statement_answer(std::string_view day,
                                                         const ConnectorContext& context,
                                                         const http::Response& answer) const {
  return wechatpay::read_bill_answer(day, context, answer);
}

const PayerIdentification* WechatPay::payer_identification() const {
  static const wechatpay::Identity identity;
  return &identity;
}

}  // namespace payweir
