#include "sandbox/wechatpay/login.hpp"

#include "sandbox/wechatpay/testkit.hpp"

namespace payweir::sandbox::wechatpay {
namespace {

using http::Method;

std::string authorize(std::string_view way_back = "http%3A%2F%2Fshop.test%2Fback") {
  return "/connect/oauth2/authorize?appid=" + std::string(kTestAppid) +
         "&redirect_uri=" + std::string(way_back) + "&response_type=code&scope=snsapi_base&state=s1";
}

std::string token_target(std::string_view code, std::string_view secret = kTestAppSecret) {
  return "/sns/oauth2/access_token?appid=" + std::string(kTestAppid) + "&secret=" + std::string(secret) +
         "&code=" + std::string(code) + "&grant_type=authorization_code";
}

std::string code_from(const Seen& sent_back) {
  const std::string location(sent_back.headers.get("Location"));
  const std::size_t at = location.find("code=") + 5;
  return location.substr(at, location.find('&', at) - at);
}

TEST(WechatLogin, GivesACodeThatIsGoodForOneOpenid) {
  Client client;
  const Seen sent_back = client.browse(Method::get, authorize());
  ASSERT_EQ(sent_back.status, 302);
  const std::string code = code_from(sent_back);
  EXPECT_EQ(sent_back.headers.get("Location"), "http://shop.test/back?code=" + code + "&state=s1");
  EXPECT_EQ(client.browse(Method::get, token_target(code, "another")).text({"errcode"}), "40125");
  EXPECT_EQ(client.browse(Method::get, token_target(code)).text({"openid"}), openid_at(kTestAppid));
  EXPECT_EQ(client.browse(Method::get, token_target(code)).text({"errcode"}), "40163");
  EXPECT_EQ(client.browse(Method::get, token_target("none")).text({"errcode"}), "40029");
}

TEST(WechatLogin, ForgetsACodeAfterFiveMinutes) {
  Client client;
  const std::string code = code_from(client.browse(Method::get, authorize()));
  client.now = client.now + minutes(5);
  EXPECT_EQ(client.browse(Method::get, token_target(code)).text({"errcode"}), "40029");
}

TEST(WechatLogin, OpensNoPageThatWechatWouldRefuse) {
  Client client;
  EXPECT_EQ(client.browse(Method::get, authorize("javascript%3Aalert(1)")).status, 400);
  EXPECT_EQ(client.browse(Method::get, authorize() + "&more=1").status, 400);
  std::string swapped = authorize();
  swapped.replace(swapped.find("response_type=code&scope=snsapi_base"), 36,
                  "scope=snsapi_base&response_type=code");
  EXPECT_EQ(client.browse(Method::get, swapped).status, 400);
  EXPECT_EQ(client.browse(Method::get, authorize() + "-").status, 400);
  const Seen back_with_query = client.browse(Method::get, authorize("http%3A%2F%2Fshop.test%2F%3Fa%3D1"));
  EXPECT_TRUE(back_with_query.headers.get("Location").starts_with("http://shop.test/?a=1&code="));
}

}  // namespace
}  // namespace payweir::sandbox::wechatpay
