#include "connectors/alipay/alipay.hpp"

#include "base/json_writer.hpp"
#include "connectors/alipay/bill.hpp"
#include "connectors/alipay/credentials.hpp"
#include "connectors/alipay/notification.hpp"
#include "connectors/alipay/request.hpp"
#include "connectors/alipay/response.hpp"
#include "connectors/alipay/retry_rules.hpp"
#include "connectors/wire/mask.hpp"

namespace payweir {
namespace {

constexpr PaymentMethod kPaymentMethods[] = {
    PaymentMethod::ali_pay_qr,  PaymentMethod::ali_pay_redirect, PaymentMethod::ali_pay_wap,
    PaymentMethod::ali_pay_app, PaymentMethod::ali_pay_jsapi,    PaymentMethod::ali_pay_barcode,
};
constexpr std::string_view kCurrencies[] = {"CNY"};
constexpr Capabilities kCapabilities{
    .name = "alipay",
    .display_name = "Alipay",
    .maturity = "alpha",
    .manual_capture = false,
    .partial_capture = false,
    .partial_refund = true,
    .payment_methods = kPaymentMethods,
    .currencies = kCurrencies,
    .auth_types = alipay::kAuthTypes,
    .retry_rules = alipay::kRetryRules,
    // Exactly these seven bytes, or Alipay calls again.
    .acknowledgement = {.content_type = "text/plain; charset=utf-8", .taken = "success", .refused = "fail"},
    .signs_with_rsa = true,
    .gives_statements = true,
    .has_certificates = true,
};

// Any refund has arrived, been executed and is shown by then.
constexpr Duration kRefundHorizon = minutes(15);
// A barcode payment that had been sent is executed, or is none, so long after it could last arrive.
constexpr Duration kExecutionMax = minutes(2);
// No order of ours is called so.
constexpr std::string_view kNoOrder = "payweir_credentials_check";

// What the payer opens, when that needs no call; the order is made by opening it.
std::optional<NextAction> page_of(const alipay::Call& call, const ConnectorRequest& request,
                                  const ConnectorContext& context) {
  if (request.kind != OperationKind::authorise) return std::nullopt;
  if (request.method == PaymentMethod::ali_pay_redirect || request.method == PaymentMethod::ali_pay_wap)
    return NextAction{NextActionKind::redirect, alipay::build_page_url(call, context)};
  if (request.method != PaymentMethod::ali_pay_app) return std::nullopt;
  json::Writer out(2048);
  out.begin_object().field("order_string", alipay::build_order_string(call, context)).end_object();
  return NextAction{NextActionKind::sdk, std::move(out).take()};
}

std::string_view method_of(const ConnectorRequest& request) {
  using enum PaymentMethod;
  if (request.kind == OperationKind::refund) return alipay::kRefund;
  if (request.kind == OperationKind::void_authorisation) return alipay::kCancel;
  if (request.method == ali_pay_barcode) return alipay::kPay;
  return request.method == ali_pay_jsapi ? alipay::kCreate : alipay::kPrecreate;
}

}  // namespace

const Capabilities& Alipay::capabilities() const {
  return kCapabilities;
}

Step Alipay::begin(const ConnectorRequest& request, const ConnectorContext& context) const {
  const Result<alipay::Call> call = alipay::call_of(request, context);
  if (!call) {
    GatewayError error{std::string(code_name(call.error().code)), call.error().detail};
    return step::Done{outcome::Rejected{std::move(error), outcome::Rejected::Cause::request}};
  }
  if (std::optional<NextAction> page = page_of(*call, request, context)) {
    outcome::Accepted accepted;
    accepted.as = AcceptedAs::needs_action;
    accepted.amount = request.amount;
    accepted.next_action = std::move(*page);
    return step::Done{std::move(accepted)};
  }
  // A cancellation would pay back what was paid meanwhile: it is asked first whether that is so.
  if (request.kind == OperationKind::void_authorisation)
    return step::Send{alipay::build_request(alipay::query_of(request), context), SendKind::query};
  return step::Send{alipay::build_request(*call, context), SendKind::money};
}

Step Alipay::resume(const ConnectorRequest& request, const ConnectorContext& context,
                    const http::Response& answer) const {
  if (request.kind == OperationKind::void_authorisation && alipay::answers(answer, alipay::kQuery)) {
    const Finding finding = alipay::read_query_answer(request, alipay::credentials_of(context), answer);
    const auto* found = std::get_if<finding::Found>(&finding);
    const auto* accepted = found ? std::get_if<outcome::Accepted>(&found->outcome) : nullptr;
    const bool is_open = !found || (accepted && accepted->as == AcceptedAs::needs_action);
    if (!is_open) return step::Done{found->outcome};
    return step::Send{alipay::build_request(alipay::cancel_of(request), context), SendKind::money};
  }
  Outcome outcome =
      alipay::read_money_answer(request, alipay::credentials_of(context), method_of(request), answer);
  return step::Done{wire::masked(std::move(outcome), request, kCapabilities, context.credentials)};
}

AskStep Alipay::ask(const ConnectorRequest& request, const ConnectorContext& context) const {
  return ask::Send{alipay::build_request(alipay::query_of(request), context)};
}

// Of a void: what is under way may pay back what was paid meanwhile, so that nothing but a cancellation, or
// Alipay's refusal of one, tells how it ends.
AskStep Alipay::resume_ask(const ConnectorRequest& request, const ConnectorContext& context, int round,
                           const http::Response& answer) const {
  const alipay::Credentials& credentials = alipay::credentials_of(context);
  const bool is_void = request.kind == OperationKind::void_authorisation;
  if (is_void && round == 1) {
    if (alipay::refuses_to_cancel(credentials, answer))
      return ask::Send{alipay::build_request(alipay::query_of(request), context)};
    Outcome outcome = alipay::read_money_answer(request, credentials, alipay::kCancel, answer);
    return ask::Done{
        finding::Found{wire::masked(std::move(outcome), request, kCapabilities, context.credentials)}};
  }
  Finding finding = alipay::read_query_answer(request, credentials, answer);
  if (!is_void) return ask::Done{std::move(finding)};
  const auto* found = std::get_if<finding::Found>(&finding);
  const auto* accepted = found ? std::get_if<outcome::Accepted>(&found->outcome) : nullptr;
  const bool is_open = !found || (accepted && accepted->as != AcceptedAs::voided);
  if (!is_open || (round > 1 && accepted && accepted->as == AcceptedAs::captured))
    return ask::Done{std::move(finding)};
  if (round > 1) return ask::Done{finding::Found{outcome::Unknown{"Alipay refuses to cancel", "", false}}};
  return ask::Send{alipay::build_request(alipay::cancel_of(request), context), SendKind::money};
}

Fence Alipay::fence(const ConnectorRequest& request) const {
  if (request.kind == OperationKind::refund) return {FenceKind::horizon, kRefundHorizon};
  if (request.method == PaymentMethod::ali_pay_barcode)
    return {FenceKind::cancel, request.sendable + kExecutionMax};
  return {FenceKind::cancel, {}};  // what nobody is shown nobody pays
}

http::Request Alipay::begin_fence(const ConnectorRequest& request, const ConnectorContext& context) const {
  return alipay::build_request(alipay::cancel_of(request), context);
}

FenceAnswer Alipay::read_fence(const ConnectorRequest& request, const ConnectorContext& context,
                               const http::Response& answer) const {
  return alipay::read_cancel_answer(request, alipay::credentials_of(context), answer);
}

Result<GatewayEvent> Alipay::read_webhook(const http::Headers&, std::string_view body,
                                          const ConnectorContext& context) const {
  return alipay::read_notification(body, alipay::credentials_of(context));
}

bool Alipay::may_overturn(std::string_view event_type) const {
  return event_type == "TRADE_SUCCESS" || event_type == "TRADE_FINISHED";
}

Result<std::shared_ptr<const PreparedCredentials>> Alipay::prepare(
    const ConnectorCredentials& credentials) const {
  auto read = alipay::Credentials::read(credentials);
  if (!read) return fail(std::move(read.error()));
  return std::move(*read);
}

http::Request Alipay::begin_verify(const ConnectorContext& context) const {
  ConnectorRequest request;
  request.attempt_reference = kNoOrder;
  return alipay::build_request(alipay::query_of(request), context);
}

Result<void> Alipay::read_verify(const ConnectorContext& context, const http::Response& answer) const {
  const Result<alipay::Content> content =
      alipay::read_content(answer, alipay::kQuery, alipay::credentials_of(context));
  if (!content && content.error().code == Code::signature_mismatch)
    return fail(Code::connector_credentials_invalid, "connector_account_details.alipay_public_key",
                "Alipay answers, but not with the key that is configured as its own");
  if (!content) return fail(Code::gateway_unclear, "", content.error().detail);
  const alipay::ErrorRow& error = content->error();
  if (content->is_success() || error.ours == alipay::Refusal::not_found) return {};
  std::string words(content->root()["sub_msg"].text());
  wire::mask_credentials(words, kCapabilities, context.credentials);
  if (error.ours == alipay::Refusal::credentials || error.ours == alipay::Refusal::rejected)
    return fail(Code::connector_credentials_invalid, "connector_account_details",
                "Alipay refuses: " + std::string(error.theirs) + " " + words);
  return fail(Code::gateway_unclear, "", "Alipay answered " + std::string(error.theirs) + " " + words);
}

std::vector<CertificateTerm> Alipay::certificates(const ConnectorContext& context) const {
  return alipay::credentials_of(context).certificates;
}

Result<http::Request> Alipay::begin_statement(std::string_view day, const ConnectorContext& context) const {
  return alipay::ask_for_bill(day, context);
}

Result<StatementSource> Alipay::read_statement_answer(std::string_view day, const ConnectorContext& context,
                                                      const http::Response& answer) const {
  return alipay::read_bill_answer(day, context, answer);
}

}  // namespace payweir
