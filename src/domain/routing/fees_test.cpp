#include "domain/routing/fees.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace payweir::routing {
namespace {

Money money(std::int64_t minor, std::string_view currency = "EUR") {
  return {minor, Currency::parse(currency).value()};
}

Result<std::vector<Fee>> read(std::string_view text) {
  const auto document = json::parse(text);
  EXPECT_TRUE(document) << text;
  return read_fees(document->root()["fees"]);
}

std::string why_refused(std::string_view entry) {
  const auto fees = read(R"({"fees":[{"basis_points":1},)" + std::string(entry) + "]}");
  return fees ? "" : std::string(code_name(fees.error().code)) + " " + fees.error().field;
}

std::string words(const std::optional<std::int32_t>& cost) {
  return cost ? std::to_string(*cost) : "none";
}

TEST(Fees, TheFirstThatMatchesDecides) {
  const auto fees = read(R"({"fees":[
    {"payment_method":"card","card_network":"AmericanExpress","basis_points":350},
    {"payment_method":"card","card_network":"Visa","country":"de","currency":"EUR","fixed":25,"basis_points":140},
    {"payment_method":"card","country":"domestic","basis_points":150},
    {"payment_method":"card","country":"foreign","basis_points":290},
    {"payment_method":"AliPay","basis_points":60},
    {"payment_method":"wallet","currency":"CNY","basis_points":80}]})");
  ASSERT_TRUE(fees) << fees.error().field;
  struct Case {
    FeeFacts facts;
    std::string_view cost;
  };
  const PaymentMethod card = PaymentMethod::card;
  for (const Case& each : {
           Case{{money(1000), card, "amex", "DE", "DE"}, "350"},
           Case{{money(1000), card, "visa", "DE", "DE"}, "390"},         // 140 and 25 of 1000
           Case{{money(1000, "USD"), card, "visa", "DE", "DE"}, "150"},  // not its currency
           Case{{money(1000), card, "visa", "US", "DE"}, "290"},
           Case{{money(1000), card, "visa", "", "DE"}, "none"},  // where from is not known
           Case{{money(1000), card, "visa", "US", ""}, "none"},
           Case{{money(1000), card, "", "de", "DE"}, "150"},
           Case{{money(1000), PaymentMethod::ali_pay_wap, "", "", ""}, "60"},
           Case{{money(1000, "CNY"), PaymentMethod::we_chat_pay_qr, "", "", ""}, "80"},
           Case{{money(1000), PaymentMethod::we_chat_pay_qr, "", "", ""}, "none"},
       })
    EXPECT_EQ(words(cost_bps(*fees, each.facts)), each.cost)
        << each.facts.card_network << " " << each.facts.billing_country;
}

TEST(Fees, TheCostIsRoundedUpAndNeverOverflows) {
  const Fee fee{"", "", "", Currency::parse("EUR").value(), 25, 140};
  const auto cost = [&](Fee of, std::int64_t minor) {
    return words(cost_bps(std::span(&of, 1), {.amount = money(minor)}));
  };
  const std::string most = std::to_string(std::numeric_limits<std::int32_t>::max());
  EXPECT_EQ(cost(fee, 250'000), "141");
  EXPECT_EQ(cost(fee, 250'001), "141");  // 0.99999… rounded up
  EXPECT_EQ(cost(fee, 249'999), "142");  // 1.000004
  EXPECT_EQ(cost(fee, 1), "250140");
  EXPECT_EQ(cost(fee, kAmountMax), "141");
  EXPECT_EQ(cost(fee, 0), most);
  Fee dear = fee;
  dear.fixed_minor = kAmountMax;
  EXPECT_EQ(cost(dear, 1), most);
  EXPECT_EQ(cost(dear, kAmountMax), "10140");
  dear.fixed_minor = 0;
  EXPECT_EQ(cost(dear, 0), "140");
}

TEST(Fees, WhatIsWrongIsNamed) {
  EXPECT_EQ(why_refused(R"({"basis_points":140})"), "");
  EXPECT_EQ(why_refused(R"(7)"), "wrong_type fees[1]");
  EXPECT_EQ(why_refused(R"({"payment_method":7})"), "wrong_type fees[1].payment_method");
  EXPECT_EQ(why_refused(R"({"payment_method":"cheque"})"), "invalid_value fees[1].payment_method");
  EXPECT_EQ(why_refused(R"({"payment_method":""})"), "invalid_value fees[1].payment_method");
  EXPECT_EQ(why_refused(R"({"card_network":"Vista"})"), "invalid_value fees[1].card_network");
  EXPECT_EQ(why_refused(R"({"country":"Germany"})"), "invalid_value fees[1].country");
  EXPECT_EQ(why_refused(R"({"currency":"EURO"})"), "unknown_currency fees[1].currency");
  EXPECT_EQ(why_refused(R"({"fixed":25})"), "missing_field fees[1].currency");
  EXPECT_EQ(why_refused(R"({"fixed":-1,"currency":"EUR"})"), "invalid_value fees[1].fixed");
  EXPECT_EQ(why_refused(R"({"fixed":0.25,"currency":"EUR"})"), "wrong_type fees[1].fixed");
  EXPECT_EQ(why_refused(R"({"basis_points":10001})"), "invalid_value fees[1].basis_points");
  EXPECT_EQ(why_refused(R"({"basis_points":1.4})"), "wrong_type fees[1].basis_points");

  EXPECT_EQ(read(R"({"fees":{}})").error().field, "fees");
  std::string many = R"({"fees":[{})";
  for (std::size_t count = 1; count < kFeesMax; ++count)
    many += ",{}";
  EXPECT_EQ(read(many + "]}")->size(), kFeesMax);
  EXPECT_EQ(read(many + ",{}]}").error().field, "fees");
}

TEST(Fees, WhatIsWrittenIsReadAgain) {
  const auto fees = read(R"({"fees":[
    {"payment_method":"Card","card_network":"Visa","country":"de","currency":"EUR","fixed":25,"basis_points":140},
    {"payment_method":"apple_pay","country":"domestic"},{}]})");
  ASSERT_TRUE(fees);
  json::Writer out;
  write_fees(out.begin_object().key("fees"), *fees);
  const std::string text = std::move(out.end_object()).take();
  EXPECT_EQ(text,
            R"({"fees":[{"payment_method":"card","card_network":"visa","country":"DE","currency":"EUR",)"
            R"("fixed":25,"basis_points":140},{"payment_method":"apple_pay","country":"domestic","fixed":0,)"
            R"("basis_points":0},{"fixed":0,"basis_points":0}]})");
  EXPECT_EQ(*read(text), *fees);
  EXPECT_TRUE(read(R"({"fees":null})")->empty());
  EXPECT_TRUE(read("{}")->empty());
}

}  // namespace
}  // namespace payweir::routing
