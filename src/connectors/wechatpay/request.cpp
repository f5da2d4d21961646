#include "connectors/wechatpay/request.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "base/form.hpp"
#include "base/json_writer.hpp"
#include "connectors/wechatpay/signature.hpp"
#include "connectors/wire/base_url.hpp"
#include "connectors/wire/china_time.hpp"
#include "crypto/encoding.hpp"

namespace payweir::wechatpay {
namespace {

constexpr std::string_view kTransactions = "/v3/pay/transactions/";
constexpr std::size_t kDescriptionBytesMax = 127;
constexpr std::size_t kReasonBytesMax = 80;
// WeChat Pay takes no less.
constexpr Duration kExpiryMin = minutes(1);

// At most so many bytes, and no broken character at the end.
std::string shortened(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return std::string(text);
  std::size_t end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80)
    --end;
  return std::string(text.substr(0, end));
}

std::string_view resource_of(PaymentMethod method) {
  switch (method) {
    case PaymentMethod::we_chat_pay_qr: return "native";
    case PaymentMethod::we_chat_pay_redirect: return "h5";
    case PaymentMethod::we_chat_pay_app: return "app";
    case PaymentMethod::we_chat_pay_jsapi: return "jsapi";
    case PaymentMethod::we_chat_pay_barcode: return "codepay";
    default: return {};
  }
}

std::unexpected<Error> charges_at_once() {
  return fail(Code::capture_method_not_supported, "capture_method", "WeChat Pay charges at once");
}

Result<Call> payment_of(const ConnectorRequest& request, const ConnectorContext& context) {
  const std::string_view resource = resource_of(request.method);
  if (resource.empty())
    return fail(Code::payment_method_missing, "payment_method_data", "WeChat Pay takes its own wallet only");
  if (request.capture_method == CaptureMethod::manual) return charges_at_once();
  if (request.amount.currency.code() != "CNY")
    return fail(Code::invalid_value, "currency", "WeChat Pay takes CNY only");
  if (request.amount.minor < 1) return fail(Code::invalid_value, "amount", "WeChat Pay takes at least 1 fen");
  const bool is_h5 = request.method == PaymentMethod::we_chat_pay_redirect;
  const bool is_barcode = request.method == PaymentMethod::we_chat_pay_barcode;
  if (is_h5 && request.payer_ip.empty())
    return fail(Code::missing_field, "browser_info.ip_address",
                "browser_info.ip_address is required: WeChat Pay wants to know where the payer's browser is");
  const Credentials& credentials = credentials_of(context);
  const std::string& description =
      request.description.empty() ? request.payment_reference : request.description;
  json::Writer body(1024);
  body.begin_object().field("appid", credentials.appid).field("mchid", credentials.mchid);
  body.field("description", shortened(description, kDescriptionBytesMax));
  body.field("out_trade_no", request.attempt_reference);
  if (!is_barcode) {
    body.field("time_expire",
               wire::china_time_rfc3339(std::max(request.expires_at, context.now + kExpiryMin)));
    body.field("notify_url", request.notify_url);
  }
  body.key("amount")
      .begin_object()
      .field("total", request.amount.minor)
      .field("currency", "CNY")
      .end_object();
  if (request.method == PaymentMethod::we_chat_pay_jsapi)
    body.key("payer").begin_object().field("openid", request.wallet.payer_id).end_object();
  if (is_barcode) {
    body.key("payer").begin_object().field("auth_code", request.wallet.auth_code.reveal()).end_object();
    body.key("scene_info").begin_object();
    body.key("store_info").begin_object().field("id", "1").end_object().end_object();
  }
  if (is_h5) {
    body.key("scene_info").begin_object().field("payer_client_ip", request.payer_ip);
    body.key("h5_info").begin_object().field("type", "Wap").end_object().end_object();
  }
  body.end_object();
  return Call{http::Method::post, std::string(kTransactions) + std::string(resource), std::move(body).take()};
}

Call refund_of(const ConnectorRequest& request) {
  json::Writer body(512);
  body.begin_object().field("out_trade_no", request.attempt_reference);
  body.field("out_refund_no", request.operation_reference);
  if (!request.refund_reason.empty()) body.field("reason", shortened(request.refund_reason, kReasonBytesMax));
  body.field("notify_url", request.notify_url);
  body.key("amount").begin_object().field("refund", request.amount.minor);
  body.field("total", request.payment_amount.minor).field("currency", "CNY").end_object().end_object();
  return {http::Method::post, "/v3/refund/domestic/refunds", std::move(body).take()};
}

}  // namespace

const Credentials& credentials_of(const ConnectorContext& context) {
  check(context.prepared != nullptr, "credentials of WeChat Pay that were not prepared");
  return static_cast<const Credentials&>(*context.prepared);
}

std::string nonce_of(const ConnectorContext& context) {
  return crypto::to_hex(context.random);
}

std::string timestamp_of(const ConnectorContext& context) {
  return std::to_string(context.now.ms / 1000);
}

http::Request build_request(const Call& call, const ConnectorContext& context) {
  const wire::BaseUrl base = wire::split_base_url(context.base_url);
  const Credentials& credentials = credentials_of(context);
  http::Request request{
      .method = call.method, .target = base.path_prefix + call.target, .origin = base.origin};
  const std::string timestamp = timestamp_of(context), nonce = nonce_of(context);
  // Signed is the path of WeChat Pay's API, whatever stands before it here.
  request.headers.set("Authorization",
                      authorization(credentials, timestamp, nonce,
                                    request_sign_string(http::to_string(call.method), call.target, timestamp,
                                                        nonce, call.body)));
  request.headers.set("Accept", "application/json");
  // WeChat Pay refuses requests without one.
  request.headers.set("User-Agent", "Payweir");
  if (!credentials.public_key_id.empty()) request.headers.set("Wechatpay-Serial", credentials.public_key_id);
  if (!call.body.empty()) request.headers.set("Content-Type", "application/json");
  request.body = call.body;
  return request;
}

Result<Call> call_of(const ConnectorRequest& request, const ConnectorContext& context) {
  switch (request.kind) {
    case OperationKind::authorise: return payment_of(request, context);
    case OperationKind::void_authorisation: return close_of(request, context);
    case OperationKind::refund: return refund_of(request);
    case OperationKind::capture:
    case OperationKind::reversal: break;
  }
  return charges_at_once();
}

Call query_of(const ConnectorRequest& request, const ConnectorContext& context) {
  if (request.kind == OperationKind::refund)
    return {http::Method::get,
            "/v3/refund/domestic/refunds/" + form::percent_encode(request.operation_reference), ""};
  return {http::Method::get,
          std::string(kTransactions) + "out-trade-no/" + form::percent_encode(request.attempt_reference) +
              "?mchid=" + credentials_of(context).mchid,
          ""};
}

Call close_of(const ConnectorRequest& request, const ConnectorContext& context) {
  const Credentials& credentials = credentials_of(context);
  const bool is_barcode = request.method == PaymentMethod::we_chat_pay_barcode;
  json::Writer body(128);
  body.begin_object();
  if (is_barcode) body.field("appid", credentials.appid);
  body.field("mchid", credentials.mchid).end_object();
  return {http::Method::post,
          std::string(kTransactions) + "out-trade-no/" + form::percent_encode(request.attempt_reference) +
              (is_barcode ? "/reverse" : "/close"),
          std::move(body).take()};
}

}  // namespace payweir::wechatpay
