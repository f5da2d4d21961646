#include "connectors/stripe/webhook.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <vector>

#include "base/planted.hpp"
#include "connectors/stripe/answer.hpp"
#include "connectors/stripe/request.hpp"
#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"

namespace payweir::stripe {
namespace {

// Stripe's libraries bound the past alone. A signature from far ahead would stay replayable for as long
// as it is ahead, so it is refused too; a day is more than any clock of a sound sender is wrong.
constexpr Duration kFutureMax = hours(24);

struct SignatureHeader {
  std::string_view timestamp_text;  // as signed
  std::int64_t timestamp_seconds = 0;
  std::vector<std::string_view> v1;
};

// "t=<unix>,v1=<hex>[,v1=<hex>][,v0=<hex>]"; schemes other than v1 are ignored.
std::optional<SignatureHeader> parse_header(std::string_view header) {
  SignatureHeader parsed;
  for (std::size_t from = 0; from <= header.size();) {
    const std::size_t end = std::min(header.find(',', from), header.size());
    const std::string_view item = header.substr(from, end - from);
    from = end + 1;
    const std::size_t equals = item.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const std::string_view scheme = item.substr(0, equals);
    const std::string_view value = item.substr(equals + 1);
    if (scheme == "v1") parsed.v1.push_back(value);
    if (scheme != "t") continue;
    if (!parsed.timestamp_text.empty()) return std::nullopt;
    const auto read = std::from_chars(value.data(), value.data() + value.size(), parsed.timestamp_seconds);
    if (read.ec != std::errc{} || read.ptr != value.data() + value.size()) return std::nullopt;
    parsed.timestamp_text = value;
  }
  // Eleven digits end in the year 5138 and keep the arithmetic in milliseconds far from overflow.
  if (parsed.timestamp_text.empty() || parsed.timestamp_text.size() > 11 || parsed.timestamp_seconds < 0)
    return std::nullopt;
  return parsed;
}

bool matches_any(const SignatureHeader& header, std::string_view body, std::span<const Secret> secrets) {
  std::string signed_text;
  signed_text.reserve(header.timestamp_text.size() + 1 + body.size());
  signed_text.append(header.timestamp_text).append(1, '.').append(body);
  bool matched = false;
  for (const Secret& secret : secrets) {
    if (secret.empty()) continue;  // anybody can sign under an empty key
    // The key is the whole "whsec_…" text, not what it encodes.
    const std::string expected = crypto::to_hex(crypto::hmac_sha256(secret.reveal(), signed_text));
    for (const std::string_view candidate : header.v1)
      matched |= crypto::constant_time_equal(expected, candidate);
  }
  return matched;
}

}  // namespace

Result<void> verify_webhook_signature(std::string_view header, std::string_view body,
                                      std::span<const Secret> secrets, Instant now, Duration tolerance) {
  const auto refuse = [](Code code, std::string why) {
    return fail(code, "Stripe-Signature", std::move(why));
  };
  if (header.empty()) return refuse(Code::webhook_missing_header, "the signature header is missing");
  const auto parsed = parse_header(header);
  if (!parsed) return refuse(Code::webhook_malformed_header, "the signature header is malformed");
  if (parsed->v1.empty()) return refuse(Code::webhook_no_v1_signature, "the header holds no v1 signature");
  if (!matches_any(*parsed, body, secrets) && !PLANTED(believes_any_signature))
    return refuse(Code::webhook_signature_mismatch,
                  "no signature fits the body under the configured secrets");
  // The age comes last, so that it is told to nobody who cannot sign.
  if (tolerance == Duration{} || PLANTED(believes_old_signatures)) return {};
  const Duration age = now - Instant{parsed->timestamp_seconds * 1000};
  // Stripe counts whole seconds: an age of 300.9 s is 300.
  if (age >= tolerance + seconds(1) || age < Duration{} - kFutureMax)
    return refuse(Code::webhook_timestamp_out_of_tolerance, "the signature is too old, or from the future");
  return {};
}

Result<GatewayEvent> read_webhook_event(std::string_view body) {
  const auto document = json::parse(body, kAnswerLimits);
  if (!document) return fail(Code::connector_answer_malformed, "", "the event is not JSON");
  const json::Value root = document->root();
  GatewayEvent event;
  event.event_id = root["id"].text();
  event.event_type = root["type"].text();
  if (event.event_id.empty() || event.event_type.empty())
    return fail(Code::connector_answer_malformed, "", "the event has no id or no type");

  const json::Value object = root["data"]["object"];
  const std::string_view kind = object["object"].text();
  // A charge carries its payment intent's metadata; a refund and a dispute carry their own.
  event.operation_reference = object["metadata"][kOperationMetadata].text();
  event.payment_reference = object["metadata"][kPaymentMetadata].text();
  if (kind == "payment_intent") event.connector_payment_id = object["id"].text();
  if (kind == "charge" || kind == "refund" || kind == "dispute")
    event.connector_payment_id = id_of(object["payment_intent"]);
  if (kind == "refund") event.connector_refund_id = object["id"].text();
  return event;
}

}  // namespace payweir::stripe
