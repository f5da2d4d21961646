#include "connectors/wechatpay/notification.hpp"

#include "base/json_reader.hpp"
#include "connectors/wechatpay/signature.hpp"
#include "crypto/aead.hpp"
#include "crypto/encoding.hpp"

namespace payweir::wechatpay {
namespace {

constexpr json::Limits kLimits{.depth_max = 32, .keys_max = 10'000};
constexpr std::string_view kAlgorithm = "AEAD_AES_256_GCM";

std::unexpected<Error> malformed() {
  return fail(Code::webhook_malformed_header, "", "the callback's body is not one of WeChat Pay's");
}

}  // namespace

Result<Notification> open_notification(const http::Headers& headers, std::string_view body,
                                       const Trust& trust, Instant now, Duration tolerance) {
  if (Result<void> genuine = verify(headers, body, trust, now, tolerance); !genuine)
    return std::unexpected(std::move(genuine.error()));
  const auto document = json::parse(body, kLimits);
  if (!document) return malformed();
  const json::Value root = document->root(), resource = root["resource"];
  if (root["id"].text().empty() || !resource.is(json::Kind::object)) return malformed();
  if (resource["algorithm"].text() != kAlgorithm)
    return fail(Code::webhook_unsupported_algorithm, "",
                "the callback is sealed in a way that we do not know");
  const Result<std::string> sealed = crypto::from_base64(resource["ciphertext"].text());
  Result<std::string> opened =
      sealed ? crypto::aes256gcm_open(trust.credentials.apiv3_key.reveal(), resource["nonce"].text(),
                                      resource["associated_data"].text(), *sealed)
             : fail(sealed.error());
  if (!opened)
    return fail(Code::webhook_decrypt_failed, "", "the callback does not open with this APIv3 key");
  return Notification{std::string(root["id"].text()), std::string(root["event_type"].text()),
                      std::move(*opened)};
}

Result<GatewayEvent> read_notification(const http::Headers& headers, std::string_view body,
                                       const Trust& trust, Instant now, Duration tolerance) {
  const Result<Notification> opened = open_notification(headers, body, trust, now, tolerance);
  if (!opened) return fail(opened.error());
  const auto document = json::parse(opened->resource, kLimits);
  if (!document) return malformed();
  const json::Value root = document->root(), mchid = root["mchid"], appid = root["appid"];
  if ((!mchid.empty() && mchid.text() != trust.credentials.mchid) ||
      (!appid.empty() && appid.text() != trust.credentials.appid))
    return fail(Code::webhook_app_id_mismatch, "", "the callback is for another merchant or application");
  GatewayEvent event;
  event.event_id = opened->id;
  event.event_type = opened->event_type;
  event.operation_reference = root["out_trade_no"].text();
  event.connector_payment_id = root["transaction_id"].text();
  if (const json::Value refund = root["out_refund_no"]; !refund.empty()) {
    event.operation_reference = refund.text();
    event.connector_refund_id = root["refund_id"].text();
  }
  if (const json::Value total = root["amount"]["total"]; total.is(json::Kind::integer))
    event.amount = Money{total.integer(), Currency::parse("CNY").value()};
  return event;
}

}  // namespace payweir::wechatpay
