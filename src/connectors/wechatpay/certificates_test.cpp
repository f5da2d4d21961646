#include "connectors/wechatpay/certificates.hpp"

#include <gtest/gtest.h>

#include "connectors/wechatpay/notification.hpp"
#include "connectors/wechatpay/signature.hpp"
#include "connectors/wechatpay/testkit.hpp"
#include "connectors/wechatpay/wechatpay.hpp"

namespace payweir::wechatpay {
namespace {
using testkit::key_text;
using testkit::listing;
using testkit::Merchant;
using testkit::platform_serial;
using testkit::signed_answer;

const PlatformCertificates& certificates_in(const FetchedArtefact& fetched) {
  return static_cast<const PlatformCertificates&>(*fetched.artefact);
}

TEST(WechatPayCertificates, AreAskedForWithTheMerchantsSignature) {
  const Merchant merchant;
  const WechatPay connector;
  const http::Request request = connector.begin_artefact(merchant.context());
  EXPECT_EQ(request.method, http::Method::get);
  EXPECT_EQ(request.origin + request.target, "https://api.mch.weixin.qq.com/v3/certificates");
  EXPECT_TRUE(request.headers.get("Authorization").starts_with("WECHATPAY2-SHA256-RSA2048 mchid=\""));
  EXPECT_TRUE(connector.needs_artefact(merchant.context()));
}

TEST(WechatPayCertificates, AreBelievedWhenOneOfThemSignedTheirList) {
  const Merchant merchant;
  const auto fetched = read_certificates(
      merchant.context(), signed_answer(200, listing({1, 0}, key_text("apiv3_key")), merchant.now));
  ASSERT_TRUE(fetched) << fetched.error().detail;
  EXPECT_EQ(fetched->refresh_at, merchant.now + hours(12));
  const PlatformCertificates& certificates = certificates_in(*fetched);
  EXPECT_NE(certificates.find(platform_serial(0), merchant.now), nullptr);
  EXPECT_NE(certificates.find("0" + platform_serial(1), merchant.now), nullptr);
  EXPECT_EQ(certificates.find("00", merchant.now), nullptr);
  EXPECT_EQ(certificates.find(platform_serial(0), Instant{}), nullptr);
  EXPECT_EQ(certificates.find(platform_serial(0), merchant.now + days(40'000)), nullptr);
}

TEST(WechatPayCertificates, AreNotBelievedOtherwise) {
  const Merchant merchant;
  const auto code = [&](const http::Response& answer) {
    const auto fetched = read_certificates(merchant.context(), answer);
    return fetched ? std::string("believed") : std::string(code_name(fetched.error().code));
  };
  const std::string good = listing({0}, key_text("apiv3_key"));
  EXPECT_EQ(code(signed_answer(200, good, merchant.now)), "believed");
  // Signed with one that is not in the list.
  EXPECT_EQ(code(signed_answer(200, listing({1}, key_text("apiv3_key")), merchant.now)),
            "signature_mismatch");
  EXPECT_EQ(code(http::Response{200, {}, good}), "signature_mismatch");
  EXPECT_EQ(code(signed_answer(200, good, merchant.now - seconds(301))), "signature_mismatch");
  http::Response changed = signed_answer(200, good, merchant.now);
  changed.body += " ";
  EXPECT_EQ(code(changed), "signature_mismatch");
  EXPECT_EQ(code(signed_answer(200, listing({0}, std::string(32, 'x')), merchant.now)),
            "connector_credentials_invalid");
  std::string mislabelled = good;
  mislabelled.replace(mislabelled.find(platform_serial(0)), 4, "FFFF");
  EXPECT_EQ(code(signed_answer(200, mislabelled, merchant.now)), "connector_answer_malformed");
  EXPECT_EQ(code(signed_answer(200, R"({"data":[]})", merchant.now)), "connector_answer_malformed");
  EXPECT_EQ(code(signed_answer(200, "not JSON", merchant.now)), "connector_answer_malformed");
  EXPECT_EQ(code(signed_answer(404, R"({"code":"RESOURCE_NOT_EXISTS"})", merchant.now)),
            "connector_credentials_invalid");
  EXPECT_EQ(code(signed_answer(500, R"({"code":"SYSTEM_ERROR"})", merchant.now)), "gateway_unclear");
}

TEST(WechatPayCertificates, OldOnesStayUntilTheyEnd) {
  Merchant merchant;
  auto old = std::make_shared<PlatformCertificates>();
  const auto first = read_certificates(
      merchant.context(), signed_answer(200, listing({0, 1}, key_text("apiv3_key")), merchant.now));
  ASSERT_TRUE(first);
  for (PlatformCertificates::Certificate each : certificates_in(*first).all) {
    each.not_after = merchant.now + hours(1);
    old->all.push_back(each);
  }
  merchant.artefact = old;
  const auto list = [&] {
    return read_certificates(merchant.context(),
                             signed_answer(200, listing({0}, key_text("apiv3_key")), merchant.now));
  };
  EXPECT_NE(certificates_in(*list()).find(platform_serial(1), merchant.now), nullptr);
  // The one that is listed is the listed one.
  EXPECT_NE(certificates_in(*list()).find(platform_serial(0), merchant.now + hours(2)), nullptr);
  merchant.now = merchant.now + hours(2);
  EXPECT_EQ(certificates_in(*list()).all.size(), 1u);
}

TEST(WechatPayCertificates, AnAnswerUnderAnUnknownOneNeedsThemOnce) {
  Merchant merchant;
  const WechatPay connector;
  ConnectorRequest request;
  request.attempt_reference = "ATTEMPT";
  const http::Response answer =
      signed_answer(404, R"({"code":"ORDER_NOT_EXIST","message":"none"})", merchant.now);
  EXPECT_TRUE(std::holds_alternative<Need>(connector.resume_ask(request, merchant.context(true), 0, answer)));
  EXPECT_TRUE(std::holds_alternative<Need>(connector.resume(request, merchant.context(true), answer)));
  // There is none to be had: what nobody is known to have signed is not believed.
  const AskStep without = connector.resume_ask(request, merchant.context(false), 0, answer);
  EXPECT_TRUE(std::holds_alternative<finding::Found>(std::get<ask::Done>(without).finding));
  merchant.artefact = read_certificates(merchant.context(),
                                        signed_answer(200, listing({0}, key_text("apiv3_key")), merchant.now))
                          ->artefact;
  const AskStep with = connector.resume_ask(request, merchant.context(true), 0, answer);
  EXPECT_TRUE(std::holds_alternative<finding::NotFound>(std::get<ask::Done>(with).finding));
  ASSERT_EQ(connector.certificates(merchant.context()).size(), 1u);
  EXPECT_EQ(connector.certificates(merchant.context()).front().owner, "gateway");
}

// What makes us ask for certificates is a key that is not known, and nothing else that is wrong.
TEST(WechatPayCertificates, AProbeOrAnOldCallbackNeedsNone) {
  const Merchant merchant;
  const auto code = [&](const http::Response& callback) {
    const Result<void> verified =
        verify(callback.headers, callback.body, trust_of(merchant.context()), merchant.now, seconds(300));
    return verified ? Code::internal : verified.error().code;
  };
  http::Response callback = signed_answer(200, "{}", merchant.now);
  EXPECT_EQ(code(callback), Code::webhook_unknown_serial);
  callback.headers.set("Wechatpay-Signature", "WECHATPAY/SIGNTEST/c2lnbmF0dXJl");
  EXPECT_EQ(code(callback), Code::webhook_signature_mismatch);
  EXPECT_EQ(code(signed_answer(200, "{}", merchant.now - seconds(301))),
            Code::webhook_timestamp_out_of_tolerance);
}

}  // namespace
}  // namespace payweir::wechatpay
