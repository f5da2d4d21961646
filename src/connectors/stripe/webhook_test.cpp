#include "connectors/stripe/webhook.hpp"

#include <gtest/gtest.h>

#include <string>

#include "connectors/stripe/stripe.hpp"
#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"

namespace payweir::stripe {
namespace {

const Instant kNow{1'784'829'814'000};
const std::string kBody = R"({"id":"evt_1","type":"payment_intent.succeeded","data":{"object":{}}})";

std::string signature(std::string_view secret, std::string_view timestamp, std::string_view body) {
  return crypto::to_hex(crypto::hmac_sha256(secret, std::string(timestamp) + '.' + std::string(body)));
}

std::string header_at(Instant t, std::string_view secret, std::string_view body = kBody) {
  const std::string timestamp = std::to_string(t.ms / 1000);
  return "t=" + timestamp + ",v1=" + signature(secret, timestamp, body);
}

Result<void> verify(std::string_view header, std::vector<Secret> secrets = {},
                    Duration tolerance = kWebhookTolerance) {
  if (secrets.empty()) secrets.emplace_back("whsec_now");
  return verify_webhook_signature(header, kBody, secrets, kNow, tolerance);
}

Code code_of(const Result<void>& result) {
  return result ? Code::internal : result.error().code;
}

TEST(StripeWebhook, TakesAnySecretOfARotation) {
  const auto secrets = [] { return std::vector{Secret("whsec_new"), Secret("whsec_old")}; };
  EXPECT_TRUE(verify(header_at(kNow, "whsec_new"), secrets()));
  EXPECT_TRUE(verify(header_at(kNow, "whsec_old"), secrets()));
  EXPECT_EQ(code_of(verify(header_at(kNow, "whsec_older"), secrets())), Code::webhook_signature_mismatch);
}

TEST(StripeWebhook, AnAccountWithoutASecretTakesNothing) {
  EXPECT_EQ(code_of(verify_webhook_signature(header_at(kNow, ""), kBody, {}, kNow)),
            Code::webhook_signature_mismatch);
  // An empty secret is none: anybody can sign under it.
  const Secret empty[] = {Secret("")};
  EXPECT_EQ(code_of(verify_webhook_signature(header_at(kNow, ""), kBody, empty, kNow)),
            Code::webhook_signature_mismatch);
}

TEST(StripeWebhook, RefusesMalformedHeaders) {
  const std::string good = signature("whsec_now", "1784829814", kBody);
  for (const std::string& header :
       {std::string("t"), std::string(","), "t=,v1=" + good, "t=1784829814x,v1=" + good, "t=-5,v1=" + good,
        "t=99999999999999999999,v1=" + good, "t=178482981400,v1=" + good,
        "t=1784829814,t=1784829814,v1=" + good, "v1=" + good, "t=1784829814,v1=" + good + ","})
    EXPECT_EQ(code_of(verify(header)), Code::webhook_malformed_header) << header;
}

TEST(StripeWebhook, BoundsTheFutureByADay) {
  EXPECT_TRUE(verify(header_at(kNow + hours(24), "whsec_now")));
  EXPECT_EQ(code_of(verify(header_at(kNow + hours(24) + seconds(1), "whsec_now"))),
            Code::webhook_timestamp_out_of_tolerance);
}

TEST(StripeWebhook, ReadsWhatAnEventIsAbout) {
  const auto intent = read_webhook_event(
      R"({"id":"evt_1","type":"payment_intent.succeeded","data":{"object":{"object":"payment_intent","id":"pi_1",
          "metadata":{"order_id":"pay_x","payweir_operation":"opn_y"}}}})");
  ASSERT_TRUE(intent);
  EXPECT_EQ(intent->event_id, "evt_1");
  EXPECT_EQ(intent->event_type, "payment_intent.succeeded");
  EXPECT_EQ(intent->connector_payment_id, "pi_1");
  EXPECT_EQ(intent->operation_reference, "opn_y");
  EXPECT_EQ(intent->payment_reference, "pay_x");

  const auto charge = read_webhook_event(
      R"({"id":"evt_2","type":"charge.refunded","data":{"object":{"object":"charge","id":"ch_1","payment_intent":"pi_1"}}})");
  EXPECT_EQ(charge.value().connector_payment_id, "pi_1");
  EXPECT_EQ(charge.value().connector_refund_id, "");

  const auto refund = read_webhook_event(
      R"({"id":"evt_3","type":"refund.updated","data":{"object":{"object":"refund","id":"re_1",
          "payment_intent":{"id":"pi_1","object":"payment_intent"},"metadata":{"payweir_operation":"opn_z"}}}})");
  EXPECT_EQ(refund.value().connector_payment_id, "pi_1");
  EXPECT_EQ(refund.value().connector_refund_id, "re_1");
  EXPECT_EQ(refund.value().operation_reference, "opn_z");
}

TEST(StripeWebhook, AnEventOfAnotherShapeIsKeptOrRefusedButNeverGuessed) {
  const auto unknown =
      read_webhook_event(R"({"id":"evt_1","type":"a.new.one","data":{"object":{"object":"moon","id":"m"}}})");
  ASSERT_TRUE(unknown);
  EXPECT_EQ(unknown->connector_payment_id, "");
  for (const char* const body :
       {"", "[]", "{}", R"({"id":"evt_1"})", R"({"id":7,"type":"x"})", "{\"id\":\"evt_1\"", "null"}) {
    const auto event = read_webhook_event(body);
    ASSERT_FALSE(event) << body;
    EXPECT_EQ(event.error().code, Code::connector_answer_malformed) << body;
  }
}

// B06: no reading of the body comes before the signature; whatever is wrong with it, the event is refused.
TEST(Faults, B06_ABadSignatureIsRefusedByTheConnector) {
  ConnectorCredentials credentials;
  credentials.webhook_secrets.emplace_back("whsec_now");
  const ConnectorContext context{credentials, "https://api.stripe.com", kNow};
  const Stripe connector;
  http::Headers headers;
  EXPECT_EQ(connector.read_webhook(headers, kBody, context).error().code, Code::webhook_missing_header);
  headers.set("stripe-signature", header_at(kNow, "whsec_other"));
  EXPECT_EQ(connector.read_webhook(headers, kBody, context).error().code, Code::webhook_signature_mismatch);
  headers.set("stripe-signature", "t=1784829814,v0=00");
  EXPECT_EQ(connector.read_webhook(headers, kBody, context).error().code, Code::webhook_no_v1_signature);
  headers.set("stripe-signature", header_at(kNow, "whsec_now"));
  EXPECT_EQ(connector.read_webhook(headers, kBody, context).value().event_id, "evt_1");
  EXPECT_EQ(connector.read_webhook(headers, kBody + " ", context).error().code,
            Code::webhook_signature_mismatch);
}

// B07: a good signature that is too old is a replay.
TEST(Faults, B07_AReplayWithAStaleTimestampIsRefused) {
  EXPECT_TRUE(verify(header_at(kNow - seconds(300), "whsec_now")));
  EXPECT_EQ(code_of(verify(header_at(kNow - seconds(301), "whsec_now"))),
            Code::webhook_timestamp_out_of_tolerance);
  EXPECT_EQ(code_of(verify(header_at(kNow - days(30), "whsec_now"))),
            Code::webhook_timestamp_out_of_tolerance);
  EXPECT_TRUE(verify(header_at(kNow - days(30), "whsec_now"), {}, Duration{}));
  // A wrong signature stays the reason, however old it is.
  EXPECT_EQ(code_of(verify(header_at(kNow - days(30), "whsec_other"))), Code::webhook_signature_mismatch);
}

// B13: the same JSON, written anew, is another text.
TEST(Faults, B13_AReserialisedBodyIsRefused) {
  const std::string spaced = R"({ "id": "evt_1", "type": "x" })";
  const std::string compact = R"({"id":"evt_1","type":"x"})";
  const Secret secrets[] = {Secret("whsec_now")};
  const std::string header = header_at(kNow, "whsec_now", spaced);
  EXPECT_TRUE(verify_webhook_signature(header, spaced, secrets, kNow));
  EXPECT_EQ(code_of(verify_webhook_signature(header, compact, secrets, kNow)),
            Code::webhook_signature_mismatch);
}

}  // namespace
}  // namespace payweir::stripe
