#include "connectors/wechatpay/identity.hpp"

#include <gtest/gtest.h>

#include "connectors/wechatpay/testkit.hpp"
#include "connectors/wechatpay/wechatpay.hpp"

namespace payweir::wechatpay {
namespace {

const IdentityHosts kHosts{"https://open.weixin.qq.com", "https://api.weixin.qq.com"};

struct OfficialAccount : testkit::Merchant {
  OfficialAccount() {
    credentials.set("app_secret", Secret("0123456789abcdef0123456789abcdef"));
    prepared = Credentials::read(credentials).value();
  }
};

Result<std::string> read(int status, std::string body) {
  const OfficialAccount merchant;
  return Identity().read_identity(merchant.context(), {status, {}, std::move(body)});
}

TEST(WechatPayIdentity, NeedsTheSecretOfTheApplication) {
  const WechatPay wechatpay;
  ASSERT_NE(wechatpay.payer_identification(), nullptr);
  EXPECT_TRUE(wechatpay.payer_identification()->is_possible(OfficialAccount().context()));
  EXPECT_FALSE(wechatpay.payer_identification()->is_possible(testkit::Merchant().context()));
  testkit::Merchant merchant;
  merchant.credentials.set("app_secret", Secret("not&a=secret"));
  const auto refused = Credentials::read(merchant.credentials);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().field, "connector_account_details.app_secret");
}

// As WeChat's documentation writes it, parameter by parameter: WeChat refuses another order, and an address
// without the mark at its end.
TEST(WechatPayIdentity, SendsTheBrowserToTheAuthorizePage) {
  const OfficialAccount merchant;
  EXPECT_EQ(Identity().begin_identify(kHosts, merchant.context(),
                                      "https://pay.example/pay/p/identified?lang=zh", "abc123"),
            "https://open.weixin.qq.com/connect/oauth2/authorize?appid=" + merchant.prepared->appid +
                "&redirect_uri=https%3A%2F%2Fpay.example%2Fpay%2Fp%2Fidentified%3Flang%3Dzh"
                "&response_type=code&scope=snsapi_base&state=abc123#wechat_redirect");
}

TEST(WechatPayIdentity, ExchangesTheCode) {
  const OfficialAccount merchant;
  const http::Request request =
      Identity().exchange({"", "http://127.0.0.1:1/wechatpay"}, merchant.context(), Secret("a&b"));
  EXPECT_EQ(request.method, http::Method::get);
  EXPECT_EQ(request.origin, "http://127.0.0.1:1");
  EXPECT_EQ(request.target, "/wechatpay/sns/oauth2/access_token?appid=" + merchant.prepared->appid +
                                "&secret=0123456789abcdef0123456789abcdef&code=a%26b"
                                "&grant_type=authorization_code");
}

TEST(WechatPayIdentity, ReadsTheOpenid) {
  const auto openid = read(200, R"({"access_token":"T","expires_in":7200,"refresh_token":"R",)"
                                R"("openid":"oUpF8uMuAJO_M2pxb1Q9zNjWeS6o","scope":"snsapi_base"})");
  ASSERT_TRUE(openid) << openid.error().detail;
  EXPECT_EQ(*openid, "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o");
}

TEST(WechatPayIdentity, TellsWhyThereIsNone) {
  const auto code_of = [](int errcode) {
    const auto refused =
        read(200, R"({"errcode":)" + std::to_string(errcode) + R"(,"errmsg":"quoted: 0a1b2c"})");
    EXPECT_FALSE(refused.error().detail.contains("0a1b2c"));
    return refused.error().code;
  };
  for (const int payers : {40029, 40163, 42003, 41008})
    EXPECT_EQ(code_of(payers), Code::invalid_value) << payers;
  for (const int merchants : {40001, 40013, 40125, 48001})
    EXPECT_EQ(code_of(merchants), Code::connector_credentials_invalid) << merchants;
  EXPECT_EQ(code_of(45011), Code::rate_limited);
  EXPECT_EQ(code_of(-1), Code::gateway_unclear);
  EXPECT_EQ(read(502, "").error().code, Code::gateway_unclear);
  for (const char* broken : {"", "[]", "{}", R"({"openid":""})", R"({"openid":7})", R"({"openid":"o\"}"})"})
    EXPECT_EQ(read(200, broken).error().code, Code::connector_answer_malformed) << broken;
}

}  // namespace
}  // namespace payweir::wechatpay
