#include "flows/accounts/enabled_methods.hpp"

#include <gtest/gtest.h>

namespace payweir::flows {
namespace {

Result<EnabledMethods> read(const std::string& list) {
  const Result<json::Document> document = json::parse(list);
  EXPECT_TRUE(document) << list;
  return EnabledMethods::read(document->root(), "payment_methods_enabled");
}

Money money(std::int64_t minor, const char* code) {
  return {minor, Currency::parse(code).value()};
}

TEST(EnabledMethods, LetThroughWhatTheListSays) {
  const auto methods = read(
      R"([{"payment_method":"card","payment_method_types":[{"payment_method_type":"credit","card_networks":)"
      R"(["Visa","AmericanExpress"],"minimum_amount":100,"maximum_amount":5000,"recurring_enabled":true}]},)"
      R"({"payment_method":"bank_redirect","payment_method_types":[{"payment_method_type":"ideal",)"
      R"("payment_experience":null,"accepted_currencies":{"type":"enable_only","list":["eur"]},)"
      R"("accepted_countries":{"type":"disable_only","list":["DE"]}}]},)"
      R"({"payment_method":"wallet","payment_method_types":null}])");
  ASSERT_TRUE(methods) << methods.error().field;
  const auto takes = [&](MethodQuery query) { return methods->take(query); };
  using enum PaymentMethod;
  EXPECT_TRUE(takes({card, money(100, "USD"), "visa"}));
  EXPECT_TRUE(takes({card, money(5000, "USD"), "amex"}));
  EXPECT_TRUE(takes({card, money(100, "USD"), ""})) << "a network that is not known may be any";
  EXPECT_FALSE(takes({card, money(100, "USD"), "mastercard"}));
  EXPECT_FALSE(takes({card, money(99, "USD"), "visa"}));
  EXPECT_FALSE(takes({card, money(5001, "USD"), "visa"}));
  EXPECT_TRUE(takes({ideal, money(100, "EUR"), {}, "NL"}));
  EXPECT_TRUE(takes({ideal, money(100, "EUR")}));
  EXPECT_FALSE(takes({ideal, money(100, "EUR"), {}, "DE"}));
  EXPECT_FALSE(takes({ideal, money(100, "USD"), {}, "NL"}));
  EXPECT_FALSE(takes({eps, money(100, "EUR")}));
  EXPECT_TRUE(takes({we_chat_pay_qr, money(100, "CNY")})) << "every type of the family";
  EXPECT_FALSE(takes({klarna, money(100, "USD")}));
  EXPECT_TRUE(methods->depend_on_country());
}

TEST(EnabledMethods, ALineThatCannotBeMeantIsNamed) {
  const std::string at = "payment_methods_enabled[0].";
  const std::string type = at + "payment_method_types[0].";
  for (
      const auto& [list, field] :
      {std::pair<std::string, std::string>(R"([{}])", at + "payment_method"),
       {R"([{"payment_method":1}])", at + "payment_method"},
       {R"([{"payment_method":"card","payment_method_types":{}}])", at + "payment_method_types"},
       {R"([{"payment_method":"card","payment_method_types":[{}]}])", type + "payment_method_type"},
       {R"([{"payment_method":"card","payment_method_types":[{"payment_method_type":"credit","minimum_amount":"1"}]}])",
        type + "minimum_amount"},
       {R"([{"payment_method":"card","payment_method_types":[{"payment_method_type":"credit","maximum_amount":-1}]}])",
        type + "maximum_amount"},
       {R"([{"payment_method":"card","payment_method_types":[{"payment_method_type":"credit","card_networks":[1]}]}])",
        type + "card_networks"},
       {R"([{"payment_method":"card","payment_method_types":[{"payment_method_type":"credit","accepted_countries":{"type":"some"}}]}])",
        type + "accepted_countries.type"},
       {R"([{"payment_method":"card","payment_method_types":[{"payment_method_type":"credit","recurring_enabled":"yes"}]}])",
        type + "recurring_enabled"}}) {
    const auto refused = read(list);
    ASSERT_FALSE(refused) << list;
    EXPECT_EQ(refused.error().field, field) << list;
  }
  EXPECT_TRUE(read("[]")->empty());
  EXPECT_TRUE(read("null")->empty());
}

TEST(EnabledMethods, AreAtMostSoMany) {
  std::string list = "[";
  for (std::size_t i = 0; i <= EnabledMethods::kTypesMax; ++i)
    list += std::string(i ? "," : "") + R"({"payment_method":"card"})";
  EXPECT_EQ(read(list + "]").error().code, Code::invalid_value);
}

}  // namespace
}  // namespace payweir::flows
