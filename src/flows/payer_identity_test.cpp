// The way to WeChat and back: what binds it to its payment and its browser, and what it may bring.
#include "flows/payer_identity.hpp"

#include <gtest/gtest.h>

#include "crypto/openssl_testkit.hpp"
#include "crypto/rsa.hpp"
#include "flows/accounts/connector_accounts.hpp"
#include "flows/testkit.hpp"

namespace payweir::flows {
namespace {

using testkit::World;

constexpr std::string_view kOpenid = "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o";
constexpr std::string_view kCode = "031aBcode";

std::string between(std::string_view text, std::string_view before, std::string_view behind) {
  const std::size_t at = text.find(before);
  if (at == std::string_view::npos) return {};
  text.remove_prefix(at + before.size());
  return std::string(text.substr(0, text.find(behind)));
}

// A shop that takes WeChat Pay, with an official account, and a payer of its order.
struct Shop : World {
  explicit Shop(bool has_app_secret = true) {
    settings.page_requests_per_payment_per_minute = 1000;
    restart();
    create_merchant("shop");
    static const crypto::testkit::Pkey key = crypto::testkit::rsa_key(2048);
    CreateConnectorAccount account;
    account.merchant_id = "shop";
    account.connector = "wechatpay";
    account.credentials.auth_type = "WechatPay";
    for (const auto& [name, value] : {std::pair<std::string_view, std::string>("mchid", "1900000001"),
                                      {"appid", "wx1"},
                                      {"serial_no", "1111"},
                                      {"private_key", crypto::testkit::pkcs8_pem(key)},
                                      {"apiv3_key", std::string(32, 'k')},
                                      {"public_key_id", "PUB_KEY_ID_1"},
                                      {"public_key", crypto::testkit::public_pem(key)}})
      account.credentials.set(name, Secret(value));
    if (has_app_secret) account.credentials.set("app_secret", Secret("theappsecret"));
    const auto made = run(create_connector_account(context(), admin(), std::nullopt, account, rendering));
    EXPECT_TRUE(made) << made.error().detail;
    payer = order("order_1");
  }

  Payer order(const std::string& payment_id) {
    CreatePayment create;
    create.payment_id = payment_id;
    create.amount = {999, Currency::parse("CNY").value()};
    const Principal shop = merchant("shop");
    EXPECT_TRUE(run(create_payment(context(), shop, std::nullopt, create, rendering)));
    RetrievePayment retrieve;
    retrieve.payment_id = payment_id;
    const auto view = run(retrieve_payment(context(), shop, retrieve));
    return run(find_payer(context(), payment_id, view->client_secret)).value();
  }

  // As the browser comes back from WeChat.
  IdentityReturn trip(const Payer& who) {
    const auto begun = run(begin_identity_trip(context(), who, "zh"));
    EXPECT_TRUE(begun) << begun.error().detail;
    IdentityReturn back;
    url = begun->url;
    back.payment_id = between(url, "%2Fpay%2F", "%2F");
    back.state = between(url, "&state=", "#");
    back.browser = begun->browser;
    back.code = Secret(std::string(kCode));
    back.language = "zh";
    return back;
  }
  Result<std::string> come_back(IdentityReturn back) {
    return run(end_identity_trip(context(), std::move(back)));
  }
  void wechat_answers(std::string body) { http.answer(200, std::move(body)); }
  std::string token_for(const Payer& who) {
    wechat_answers(R"({"access_token":"T","openid":")" + std::string(kOpenid) + R"("})");
    return between(come_back(trip(who)).value_or(""), "#payer=", "&");
  }

  Payer payer;
  std::string url;
};

TEST(PayerIdentity, ComesBackWithATokenThatPaysAsThatPayer) {
  Shop shop;
  const IdentityReturn back = shop.trip(shop.payer);
  EXPECT_TRUE(shop.url.starts_with("https://open.weixin.qq.com/connect/oauth2/authorize?appid=wx1&"));
  EXPECT_TRUE(shop.url.contains("redirect_uri=https%3A%2F%2Fpay.example%2Fpay%2Fpay_"));
  EXPECT_FALSE(shop.url.contains("secret"));
  EXPECT_FALSE(shop.url.contains(back.browser));
  shop.wechat_answers(R"({"access_token":"T","openid":")" + std::string(kOpenid) + R"("})");
  const auto page = shop.come_back(back);
  ASSERT_TRUE(page) << page.error().detail;
  EXPECT_TRUE(page->starts_with("https://pay.example/pay/order_1?client_secret=order_1_secret_"));
  EXPECT_TRUE(page->contains("&lang=zh#payer="));
  EXPECT_FALSE(page->contains(kOpenid));
  EXPECT_EQ(shop.http.requests.back().origin, "https://api.weixin.qq.com");
  EXPECT_TRUE(shop.http.requests.back().target.contains("secret=theappsecret&code=031aBcode"));

  ConfirmPayment command;
  command.payment_id = "order_1";
  command.on_payment_page = true;
  const auto known = pay_as_identified(shop.context(), shop.payer, between(*page, "#payer=", "&"), command);
  ASSERT_TRUE(known) << known.error().detail;
  Principal principal = shop.payer.principal;
  principal.role = Role::merchant;
  static_cast<void>(
      shop.run(confirm_payment(shop.context(), principal, std::nullopt, command, shop.rendering)));
  EXPECT_EQ(shop.http.requests.back().target, "/v3/pay/transactions/jsapi");
  EXPECT_TRUE(
      shop.http.requests.back().body.contains(R"("payer":{"openid":")" + std::string(kOpenid) + "\"}"));
  EXPECT_FALSE(shop.log.contains(kOpenid));
  EXPECT_FALSE(shop.log.contains(kCode));
}

TEST(PayerIdentity, TheWayBackIsThisPaymentsAndThisBrowsers) {
  Shop shop;
  const IdentityReturn good = shop.trip(shop.payer);
  const IdentityReturn others = shop.trip(shop.order("order_2"));
  const auto is_refused = [&](auto change) {
    IdentityReturn bad = good;
    change(bad);
    const auto page = shop.come_back(std::move(bad));
    return !page && page.error().code == Code::not_found;
  };
  EXPECT_TRUE(is_refused([&](IdentityReturn& bad) { bad.payment_id = others.payment_id; }));
  EXPECT_TRUE(is_refused([&](IdentityReturn& bad) { bad.payment_id = "order_1"; }));
  EXPECT_TRUE(is_refused([&](IdentityReturn& bad) { bad.browser = others.browser; }));
  EXPECT_TRUE(is_refused([&](IdentityReturn& bad) { bad.browser = ""; }));
  EXPECT_TRUE(is_refused([&](IdentityReturn& bad) { bad.state = others.state; }));
  EXPECT_TRUE(is_refused([&](IdentityReturn& bad) { bad.state = ""; }));
  EXPECT_TRUE(is_refused([&](IdentityReturn& bad) { ++bad.state[9]; }));  // a second longer
  EXPECT_TRUE(is_refused([&](IdentityReturn& bad) { bad.state.back() ^= 1; }));
  EXPECT_TRUE(shop.http.requests.empty());
}

TEST(PayerIdentity, WhoComesBackTooLateMayComeAgain) {
  Shop shop;
  IdentityReturn back = shop.trip(shop.payer);
  shop.clock.advance(kIdentityLife);
  const auto late = shop.come_back(back);
  ASSERT_TRUE(late);
  EXPECT_TRUE(late->ends_with("#not_identified=again"));
  EXPECT_TRUE(shop.http.requests.empty());
  back = shop.trip(shop.payer);
  back.code = Secret();
  EXPECT_TRUE(shop.come_back(back)->ends_with("#not_identified=again"));
  EXPECT_TRUE(shop.http.requests.empty());
}

TEST(PayerIdentity, ACodeThatWasUsedAsksToComeAgainAndWhatTheShopHasToMendIsLogged) {
  Shop shop;
  const IdentityReturn back = shop.trip(shop.payer);
  for (const std::string errcode : {"40163", "40029"}) {
    shop.wechat_answers(R"({"errcode":)" + errcode + R"(,"errmsg":"code been used 031aBcode"})");
    EXPECT_TRUE(shop.come_back(back)->ends_with("#not_identified=again")) << errcode;
  }
  EXPECT_FALSE(shop.log.contains("payer.not_identified"));
  shop.wechat_answers(R"({"errcode":40125,"errmsg":"invalid appsecret"})");
  EXPECT_TRUE(shop.come_back(back)->ends_with("#not_identified=unavailable"));
  EXPECT_TRUE(shop.log.contains("payer.not_identified payment_id=order_1"));
  EXPECT_TRUE(shop.log.contains("errcode 40125"));
  shop.http.fail_with(Code::timeout, Certainty::unknown);
  EXPECT_TRUE(shop.come_back(back)->ends_with("#not_identified=unavailable"));
  EXPECT_FALSE(shop.log.contains(kCode));
}

TEST(PayerIdentity, ATokenIsForItsPaymentAndForMinutes) {
  Shop shop;
  const std::string token = shop.token_for(shop.payer);
  ASSERT_FALSE(token.empty());
  const auto refusal = [&](const Payer& payer, std::string_view given, ConfirmPayment command = {}) {
    const auto known = pay_as_identified(shop.context(), payer, given, command);
    return known ? "" : known.error().field;
  };
  EXPECT_EQ(refusal(shop.payer, token), "");
  EXPECT_EQ(refusal(shop.order("order_2"), token), "payer_token");
  EXPECT_EQ(refusal(shop.payer, "00" + token), "payer_token");
  EXPECT_EQ(refusal(shop.payer, kOpenid), "payer_token");
  EXPECT_EQ(refusal(shop.payer, ""), "payer_token");
  ConfirmPayment with_other;
  with_other.instrument = Wallet{PaymentMethod::we_chat_pay_qr, "", {}};
  EXPECT_EQ(refusal(shop.payer, token, with_other), "payer_token");
  shop.clock.advance(kIdentityLife);
  EXPECT_EQ(refusal(shop.payer, token), "payer_token");
}

TEST(PayerIdentity, WithoutAnAppSecretNobodyIsSentAnywhere) {
  Shop shop(false);
  const auto trip = shop.run(begin_identity_trip(shop.context(), shop.payer, ""));
  ASSERT_FALSE(trip);
  EXPECT_EQ(trip.error().code, Code::no_connector_account);
}

}  // namespace
}  // namespace payweir::flows
