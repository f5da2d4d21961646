#include <array>

#include "base/json_writer.hpp"
#include "fixture.hpp"
#include "sandbox/certificate_issuer.hpp"
#include "sandbox/wechatpay/protocol.hpp"
#include "sandbox/wechatpay/test_keys.hpp"
#include "sandbox/wechatpay/wechatpay_model.hpp"

namespace payweir::contract {
namespace {

using namespace sandbox::wechatpay;

constexpr auto kStateMembers = std::to_array<std::string_view>({"trade_state", "status"});
constexpr auto kRefusals = std::to_array<std::string_view>(
    {"PARAM_ERROR", "SIGN_ERROR", "NOT_ENOUGH", "FREQUENCY_LIMITED", "ORDER_NOT_EXIST", "ORDER_CLOSED",
     "RESOURCE_NOT_EXISTS", "INVALID_REQUEST"});

class WechatPayFixture final : public Fixture {
 public:
  [[nodiscard]] std::string_view connector() const override { return "wechatpay"; }

  [[nodiscard]] std::unique_ptr<sandbox::GatewayModel> open() const override {
    return std::make_unique<WechatPayModel>();
  }
  [[nodiscard]] ConnectorCredentials credentials(House&) const override {
    ConnectorCredentials credentials;
    credentials.auth_type = "WechatPay";
    credentials.set("mchid", Secret(std::string(kTestMchid)));
    credentials.set("appid", Secret(std::string(kTestAppid)));
    credentials.set("serial_no", Secret(std::string(kTestMerchantSerial)));
    credentials.set("private_key", Secret(std::string(kTestMerchantPrivateKey)));
    credentials.set("apiv3_key", Secret(std::string(kTestApiV3Key)));
    credentials.set("platform_certificates", Secret(platform_key().certificate));
    return credentials;
  }
  void complete(ConnectorRequest& request, Payer payer) const override {
    request.wallet.payer_id = "payer_of_the_contract";
    request.payer_ip = "203.0.113.7";
    if (is_barcode(request.method))
      request.wallet.auth_code = Secret(payer == Payer::pays ? "130000000000000000" : "130000000000000023");
  }
  void pay(House& house, const ConnectorRequest& request, const NextAction&) const override {
    if (is_barcode(request.method)) return;
    static_cast<void>(house.control(
        "/scan", R"({"out_trade_no":")" + request.attempt_reference + R"(","decision":"approve"})"));
  }

  [[nodiscard]] bool signs_answers() const override { return true; }
  void be_an_impostor(House& house, ConnectorCredentials&) const override {
    const auto key = crypto::RsaPrivateKey::parse(kTestMerchantPrivateKey).value();
    json::Writer out;
    out.begin_object().field("mchid", kTestMchid).field("appid", kTestAppid);
    out.field("apiv3_key", kTestApiV3Key).field("serial_no", kTestMerchantSerial);
    out.field("merchant_public_key", sandbox::to_pem(key.public_key()));
    out.field("platform_serial", platform_key().id);
    out.field("platform_private_key", kTestNextPlatformPrivateKey).end_object();
    static_cast<void>(house.control("/merchants", std::move(out).take()));
  }
  [[nodiscard]] http::Response sign(http::Response answer, const House& house) const override {
    sandbox::wechatpay::sign(answer.headers, answer.body, platform_key(), house.now, "nonce", false);
    return answer;
  }
  [[nodiscard]] http::Response unsign(http::Response answer) const override {
    answer.headers = {};
    return answer;
  }
  [[nodiscard]] bool dates_callbacks() const override { return true; }
  bool probe(House& house) const override {
    static_cast<void>(house.control("/probes", R"({"rate":1})"));
    return true;
  }

  [[nodiscard]] std::span<const std::string_view> state_members() const override { return kStateMembers; }
  [[nodiscard]] http::Response refusal(const http::Response&, std::string_view code, std::string_view words,
                                       const House& house) const override {
    json::Writer out;
    out.begin_object().field("code", code).field("message", words).end_object();
    http::Response answer{.status = 400};
    answer.body = std::move(out).take();
    return sign(std::move(answer), house);
  }
  [[nodiscard]] std::span<const std::string_view> refusals() const override { return kRefusals; }
  [[nodiscard]] bool answer_names_amount(const ConnectorRequest&) const override { return true; }

  [[nodiscard]] bool needs_the_same_bytes() const override { return false; }
};

}  // namespace

const Fixture& wechatpay_fixture() {
  static const WechatPayFixture fixture;
  return fixture;
}

}  // namespace payweir::contract
