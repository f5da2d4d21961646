#include "api/dialects/channels.hpp"

#include <gtest/gtest.h>

#include "api/dialects/testkit.hpp"

namespace payweir::api::dialects {
namespace {

TEST(Channels, NameAConnectorAndAWayToPay) {
  const auto merchant = testkit::merchant_with({"alipay", "wechatpay", "-stripe", "acme"});
  const auto find = [&](std::string_view name) {
    const Result<Channel> channel = find_channel(*merchant, name, "channel");
    if (!channel) return std::string(code_name(channel.error().code)) + ' ' + channel.error().field;
    return std::string(channel->connector) + ' ' + std::string(to_string(channel->method));
  };
  EXPECT_EQ(find("alipay"), "alipay ali_pay_redirect");
  EXPECT_EQ(find("alipay_qr"), "alipay ali_pay_qr");
  EXPECT_EQ(find("wechat"), "wechatpay we_chat_pay_qr");
  EXPECT_EQ(find("wechat_jsapi"), "wechatpay we_chat_pay_jsapi");
  EXPECT_EQ(find("acme"), "acme " + std::string(to_string(PaymentMethod::none))) << "a new connector is one";
  EXPECT_EQ(find("stripe"), "no_connector_account channel") << "switched off";
  EXPECT_EQ(find("paypal"), "no_connector_account channel");
  EXPECT_EQ(find("Alipay"), "connector_unknown channel");
  EXPECT_EQ(find("bitcoin"), "connector_unknown channel");
}

TEST(Channels, AWalletIsAskedAtOnceAtItsConnectorOnly) {
  flows::CreatePayment command;
  const Channel qr{"wechat", "wechatpay", PaymentMethod::we_chat_pay_qr};
  ASSERT_TRUE(choose_channel(qr, {}, "", command));
  EXPECT_TRUE(command.confirm);
  ASSERT_TRUE(command.instrument);
  EXPECT_EQ(method_of(*command.instrument), PaymentMethod::we_chat_pay_qr);
  EXPECT_EQ(command.details->wallet, "we_chat_pay_qr");
  EXPECT_EQ(command.details->payment_method, "wallet");
  EXPECT_EQ(command.details->routing_json, R"({"type":"priority","data":["wechatpay"]})");
}

TEST(Channels, WithoutAWalletThePayerChoosesOnThePage) {
  flows::CreatePayment command;
  ASSERT_TRUE(choose_channel(Channel{"stripe", "stripe"}, {}, "", command));
  EXPECT_FALSE(command.confirm);
  EXPECT_FALSE(command.instrument);
  EXPECT_EQ(command.details->routing_json, R"({"type":"priority","data":["stripe"]})");
}

TEST(Channels, AskForWhatAWalletNeedsByItsPath) {
  const auto choose = [](PaymentMethod method, std::string_view field, PayerProof proof) {
    flows::CreatePayment command;
    const Result<void> chosen = choose_channel({"x", "x", method}, std::move(proof), field, command);
    return chosen ? "" : std::string(code_name(chosen.error().code)) + ' ' + chosen.error().field;
  };
  EXPECT_EQ(choose(PaymentMethod::we_chat_pay_jsapi, "extra_params", {}),
            "missing_field extra_params.open_id");
  EXPECT_EQ(choose(PaymentMethod::we_chat_pay_jsapi, "extra_params", {"o1", {}}), "");
  EXPECT_EQ(choose(PaymentMethod::ali_pay_barcode, "", {"o1", {}}), "missing_field auth_code");
  EXPECT_EQ(choose(PaymentMethod::ali_pay_barcode, "", {"", Secret("28763443825664394")}), "");
}

TEST(Channels, AreToldFromThePayment) {
  flows::PaymentView view = testkit::open_order();
  EXPECT_EQ(channel_of(view), "");
  view.details.edit().routing_json = R"({"type":"priority","data":["stripe"]})";
  EXPECT_EQ(channel_of(view), "stripe");
  view.details.edit().routing_json = R"({"type":"single","data":{"connector":"acme"}})";
  EXPECT_EQ(channel_of(view), "acme");
  EXPECT_EQ(channel_of(testkit::paid_order()), "alipay");
  EXPECT_EQ(channel_of(testkit::order_at("wechatpay", PaymentMethod::we_chat_pay_qr, {})), "wechat");
  EXPECT_EQ(channel_of(testkit::order_at("stripe", PaymentMethod::card, {})), "stripe");
  EXPECT_EQ(channel_name_of("wechatpay"), "wechat");
  EXPECT_EQ(channel_name_of("acme"), "acme");
}

}  // namespace
}  // namespace payweir::api::dialects
