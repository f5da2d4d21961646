#include "connectors/alipay/request.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "base/json_writer.hpp"
#include "connectors/wire/base_url.hpp"
#include "connectors/wire/china_time.hpp"
#include "crypto/aes_cbc.hpp"
#include "crypto/encoding.hpp"

namespace payweir::alipay {
namespace {

constexpr std::string_view kGateway = "/gateway.do";
constexpr std::string_view kZeroIv{"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16};
constexpr std::size_t kSubjectBytesMax = 256;
// 0.01 to 100 000 000 yuan: https://opendocs.alipay.com/open/8ad49e4a_alipay.trade.precreate, read
// 2026-11-22.
constexpr std::int64_t kAmountMaxMinor = 10'000'000'000;
// Alipay takes no less.
constexpr Duration kExpiryMin = minutes(1);

// What the payer reads. Alipay forbids a few characters in it.
std::string subject_of(const ConnectorRequest& request) {
  std::string subject = request.description.empty() ? request.payment_reference : request.description;
  for (char& c : subject)
    if (c == '/' || c == '=' || c == '&' || (c >= 0 && c < ' ')) c = ' ';
  if (subject.size() <= kSubjectBytesMax) return subject;
  std::size_t end = kSubjectBytesMax;
  while (end > 0 && (static_cast<unsigned char>(subject[end]) & 0xc0) == 0x80)
    --end;  // not inside a character
  return subject.substr(0, end);
}

std::string_view method_of(PaymentMethod method) {
  switch (method) {
    case PaymentMethod::ali_pay_qr: return kPrecreate;
    case PaymentMethod::ali_pay_redirect: return kPagePay;
    case PaymentMethod::ali_pay_wap: return kWapPay;
    case PaymentMethod::ali_pay_app: return kAppPay;
    case PaymentMethod::ali_pay_jsapi: return kCreate;
    case PaymentMethod::ali_pay_barcode: return kPay;
    default: return {};
  }
}

std::string_view product_of(PaymentMethod method) {
  switch (method) {
    case PaymentMethod::ali_pay_redirect: return "FAST_INSTANT_TRADE_PAY";
    case PaymentMethod::ali_pay_wap: return "QUICK_WAP_WAY";
    case PaymentMethod::ali_pay_app: return "QUICK_MSECURITY_PAY";
    case PaymentMethod::ali_pay_jsapi: return "JSAPI_PAY";
    default: return "FACE_TO_FACE_PAYMENT";
  }
}

std::unexpected<Error> charges_at_once() {
  return fail(Code::capture_method_not_supported, "capture_method",
              "Alipay's wallet payments are charged at once");
}

Result<Call> payment_of(const ConnectorRequest& request, const ConnectorContext& context) {
  const std::string_view method = method_of(request.method);
  if (method.empty())
    return fail(Code::payment_method_missing, "payment_method_data", "Alipay takes wallets only");
  if (request.capture_method == CaptureMethod::manual) return charges_at_once();
  if (request.amount.currency.code() != "CNY")
    return fail(Code::invalid_value, "currency", "Alipay takes CNY only");
  if (request.amount.minor < 1 || request.amount.minor > kAmountMaxMinor)
    return fail(Code::invalid_value, "amount", "Alipay takes 0.01 to 100000000.00 yuan");
  json::Writer content(512);
  content.begin_object().field("out_trade_no", request.attempt_reference);
  content.field("total_amount", format_major(request.amount)).field("subject", subject_of(request));
  content.field("product_code", product_of(request.method));
  content.field("time_expire", wire::china_time(std::max(request.expires_at, context.now + kExpiryMin)));
  if (request.method == PaymentMethod::ali_pay_barcode)
    content.field("scene", "bar_code").field("auth_code", request.wallet.auth_code.reveal());
  if (request.method == PaymentMethod::ali_pay_jsapi)
    content.field("buyer_open_id", request.wallet.payer_id)
        .field("op_app_id", credentials_of(context).app_id);
  if (request.method == PaymentMethod::ali_pay_wap) content.field("quit_url", request.return_url);
  content.end_object();
  const bool comes_back =
      request.method == PaymentMethod::ali_pay_redirect || request.method == PaymentMethod::ali_pay_wap;
  return Call{method, std::move(content).take(), request.notify_url, comes_back ? request.return_url : ""};
}

Call refund_of(const ConnectorRequest& request) {
  json::Writer content(256);
  content.begin_object().field("out_trade_no", request.attempt_reference);
  content.field("refund_amount", format_major(request.amount));
  content.field("out_request_no", request.operation_reference);
  if (!request.refund_reason.empty()) content.field("refund_reason", request.refund_reason);
  content.end_object();
  return {kRefund, std::move(content).take(), "", ""};
}

}  // namespace

const Credentials& credentials_of(const ConnectorContext& context) {
  check(context.prepared != nullptr, "credentials of Alipay that were not prepared");
  return static_cast<const Credentials&>(*context.prepared);
}

form::Pairs signed_parameters(const Call& call, const ConnectorContext& context) {
  const Credentials& credentials = credentials_of(context);
  form::Pairs parameters{{"app_id", credentials.app_id},
                         {"method", std::string(call.method)},
                         {"format", "JSON"},
                         {"charset", "utf-8"},
                         {"sign_type", "RSA2"},
                         {"timestamp", wire::china_time(context.now)},
                         {"version", "1.0"}};
  if (!call.notify_url.empty()) parameters.emplace_back("notify_url", call.notify_url);
  if (!call.return_url.empty()) parameters.emplace_back("return_url", call.return_url);
  if (!credentials.app_auth_token.empty())
    parameters.emplace_back("app_auth_token", credentials.app_auth_token.reveal());
  if (!credentials.app_cert_sn.empty()) {
    parameters.emplace_back("app_cert_sn", credentials.app_cert_sn);
    parameters.emplace_back("alipay_root_cert_sn", credentials.alipay_root_cert_sn);
  }
  if (credentials.aes_key.empty()) {
    parameters.emplace_back("biz_content", call.biz_content);
  } else {
    parameters.emplace_back("encrypt_type", "AES");
    parameters.emplace_back("biz_content", crypto::to_base64(crypto::aes_cbc_encrypt(
                                               credentials.aes_key.reveal(), kZeroIv, call.biz_content)));
  }
  sign(parameters, credentials);
  return parameters;
}

void sign(form::Pairs& parameters, const Credentials& credentials) {
  parameters.emplace_back("sign",
                          crypto::to_base64(credentials.private_key().sign_sha256(sign_string(parameters))));
}

http::Request build_request(const Call& call, const ConnectorContext& context) {
  const wire::BaseUrl base = wire::split_base_url(context.base_url);
  http::Request request{.method = http::Method::post, .origin = base.origin};
  form::Encoder query(1024), body(1024);
  for (const auto& [key, value] : signed_parameters(call, context))
    (key == "biz_content" ? body : query).add(key, value);
  request.target = base.path_prefix + std::string(kGateway) + "?" + std::move(query).take();
  request.headers.set("Content-Type", "application/x-www-form-urlencoded;charset=utf-8");
  request.headers.set("Accept", "application/json");
  request.body = std::move(body).take();
  return request;
}

std::string build_page_url(const Call& call, const ConnectorContext& context) {
  form::Encoder query(2048);
  for (const auto& [key, value] : signed_parameters(call, context))
    query.add(key, value);
  return std::string(context.base_url) + std::string(kGateway) + "?" + std::move(query).take();
}

std::string build_order_string(const Call& call, const ConnectorContext& context) {
  form::Encoder order(2048);
  for (const auto& [key, value] : signed_parameters(call, context))
    order.add(key, value);
  return std::move(order).take();
}

Result<Call> call_of(const ConnectorRequest& request, const ConnectorContext& context) {
  switch (request.kind) {
    case OperationKind::authorise: return payment_of(request, context);
    case OperationKind::void_authorisation: return cancel_of(request);
    case OperationKind::refund: return refund_of(request);
    case OperationKind::capture:
    case OperationKind::reversal: break;
  }
  return charges_at_once();
}

Call query_of(const ConnectorRequest& request) {
  json::Writer content(128);
  content.begin_object().field("out_trade_no", request.attempt_reference);
  if (request.kind == OperationKind::refund) content.field("out_request_no", request.operation_reference);
  content.end_object();
  return {request.kind == OperationKind::refund ? kRefundQuery : kQuery, std::move(content).take(), "", ""};
}

Call cancel_of(const ConnectorRequest& request) {
  json::Writer content(64);
  content.begin_object().field("out_trade_no", request.attempt_reference).end_object();
  return {kCancel, std::move(content).take(), "", ""};
}

}  // namespace payweir::alipay
