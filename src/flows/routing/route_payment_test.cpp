#include "flows/routing/route_payment.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace payweir::flows {
namespace {

// A profile with two accounts at Stripe and one at Alipay.
struct Shop {
  Shop() {
    add("stripe", 1);
    add("stripe", 2);
    add("alipay", 3);
    payment.amount = {6540, Currency::parse("USD").value()};
    payment.id.salt = INT64_MIN;  // draws the middle
  }

  void add(std::string connector, std::int64_t key) {
    auto account = std::make_shared<ConnectorAccount>();
    account->row.id.key = key;
    account->row.connector = connector;
    account->connector = find_connector(connector);
    profile.accounts.push_back(account);
    profile.by_default.push_back(account);
    accounts.push_back(std::move(account));
  }

  void use(std::string_view algorithm_json) {
    const auto document = json::parse(algorithm_json, routing::kAlgorithmLimits);
    const auto algorithm = routing::read_algorithm(document->root(), "algorithm");
    ASSERT_TRUE(algorithm) << algorithm.error().field << algorithm.error().detail;
    auto program = routing::CompiledProgram::compile(algorithm->program, std::nullopt);
    ASSERT_TRUE(program) << program.error().detail;
    profile.routing =
        std::make_shared<const ActiveRouting>(RoutingAlgorithmId{7, 7}, algorithm->kind, std::move(*program));
  }

  Result<Route> route(PaymentMethod method = PaymentMethod::card, const Card* card = nullptr,
                      std::string_view only_account = "") {
    return route_payment({profile, payment, details, method, card, only_account}, means);
  }
  // The keys of the accounts, in order.
  std::vector<std::int64_t> order() {
    std::vector<std::int64_t> keys;
    for (const auto& account : route().value().accounts)
      keys.push_back(account->row.id.key);
    return keys;
  }
  static std::string choice(std::int64_t key) {
    return R"({"connector":"stripe","merchant_connector_id":")" + to_text(ConnectorAccountId{key, 0}) + "\"}";
  }
  static std::string rule(std::string_view name, std::string_view lhs, std::string_view type,
                          std::string_view value) {
    return R"({"type":"advanced","data":{"defaultSelection":{"type":"priority","data":[)" + choice(1) +
           R"(]},"rules":[{"name":")" + std::string(name) +
           R"(","connectorSelection":{"type":"priority","data":[)" + choice(2) +
           R"(]},"statements":[{"condition":[{"lhs":")" + std::string(lhs) +
           R"(","comparison":"equal","value":{"type":")" + std::string(type) + R"(","value":)" +
           std::string(value) + "}}]}]}]}}";
  }

  // Known of the accounts by their keys; 900 000 of those that are not named.
  std::map<std::int64_t, routing::Estimate> known;
  std::vector<routing::Segment> asked;
  AskEstimates tell() {
    return [this](std::span<const std::int64_t> keys, const routing::Segment& segment, std::uint32_t) {
      asked.push_back(segment);
      std::vector<routing::Estimate> estimates;
      for (const std::int64_t key : keys) {
        const auto found = known.find(key);
        estimates.push_back(found != known.end()
                                ? found->second
                                : routing::Estimate{.rate_ppm = 900'000, .drawn_ppm = 900'000});
      }
      return estimates;
    };
  }
  RoutingMeans means;
  ProfileEntry profile;
  std::vector<std::shared_ptr<ConnectorAccount>> accounts;
  Payment payment;
  PaymentDetails details;
};

TEST(RoutePayment, WithoutAnAlgorithmTheOldestThatCanTakesIt) {
  Shop shop;
  EXPECT_EQ(shop.order(), (std::vector<std::int64_t>{1, 2}));
  EXPECT_EQ(shop.route()->reason_json, "");
  shop.accounts[0]->row.disabled = true;
  EXPECT_EQ(shop.order(), (std::vector<std::int64_t>{2}));
  shop.payment.amount.currency = Currency::parse("CNY").value();
  EXPECT_EQ(shop.route(PaymentMethod::ali_pay_qr)->accounts.front()->row.id.key, 3);
}

TEST(RoutePayment, AnAccountTakesWhatItsMerchantEnabled) {
  Shop shop;
  shop.payment.amount = {6540, Currency::parse("EUR").value()};
  EXPECT_EQ(shop.route(PaymentMethod::ideal).error().code, Code::no_connector_account)
      << "at Stripe a method other than cards is switched on first";
  const auto enable = [](ConnectorAccount& account, const char* list) {
    account.enabled_methods = EnabledMethods::read(json::parse(list)->root(), "").value();
  };
  enable(*shop.accounts[1], R"([{"payment_method":"bank_redirect"}])");
  EXPECT_EQ(shop.route(PaymentMethod::ideal)->accounts.front()->row.id.key, 2);
  EXPECT_EQ(shop.order(), (std::vector<std::int64_t>{1})) << "and cards are off where they are not listed";
  shop.payment.amount.currency = Currency::parse("USD").value();
  EXPECT_EQ(shop.route(PaymentMethod::ideal).error().code, Code::no_connector_account) << "not in dollars";
}

TEST(RoutePayment, NamesWhatIsMissingOfThePayer) {
  Shop shop;
  shop.payment.amount = {6540, Currency::parse("EUR").value()};
  shop.accounts[0]->enabled_methods =
      EnabledMethods::read(json::parse(R"([{"payment_method":"bank_redirect"}])")->root(), "").value();
  const Result<Route> refused = shop.route(PaymentMethod::eps);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::missing_field);
  EXPECT_EQ(refused.error().field, "billing.address.first_name");
  shop.details.billing_json = R"({"address":{"first_name":"Ada"}})";
  EXPECT_TRUE(shop.route(PaymentMethod::eps));
  shop.payment.capture_method = CaptureMethod::manual;
  EXPECT_EQ(shop.route(PaymentMethod::eps).error().code, Code::capture_method_not_supported);
}

TEST(RoutePayment, RefusesWhatNoAccountCanTake) {
  Shop shop;
  EXPECT_EQ(shop.route(PaymentMethod::we_chat_pay_qr).error().code, Code::no_connector_account);
  EXPECT_EQ(shop.route(PaymentMethod::card, nullptr, "mca_1").error().code, Code::no_connector_account);
  shop.details.routing_json = R"({"type":"single","data":"paypal"})";
  EXPECT_EQ(shop.route().error().code, Code::no_connector_account);
  EXPECT_EQ(shop.route().error().field, "routing");
  shop.details.routing_json.clear();
  shop.payment.amount.currency = Currency::parse("CNY").value();
  shop.payment.capture_method = CaptureMethod::manual;
  EXPECT_EQ(shop.route(PaymentMethod::ali_pay_qr).error().code, Code::capture_method_not_supported);
  shop.details.routing_json = R"({"type":"single","data":"alipay"})";
  EXPECT_EQ(shop.route(PaymentMethod::ali_pay_qr).error().code, Code::capture_method_not_supported);
  shop.details.routing_json = R"({"type":"single","data":"stripe"})";
  EXPECT_EQ(shop.route(PaymentMethod::ali_pay_qr).error().code, Code::no_connector_account)
      << "held up by what the request does not name";
}

TEST(RoutePayment, TheAlgorithmOrdersAndTheOthersFollow) {
  Shop shop;
  shop.use(R"({"type":"single","data":)" + Shop::choice(2) + "}");
  EXPECT_EQ(shop.order(), (std::vector<std::int64_t>{2, 1}));
  EXPECT_EQ(shop.route()->reason_json,
            R"({"by":"single","id":")" + to_text(RoutingAlgorithmId{7, 7}) + "\"}");
  shop.accounts[1]->row.disabled = true;
  EXPECT_EQ(shop.order(), (std::vector<std::int64_t>{1}));
  EXPECT_EQ(route_in_words(shop.route()->reason_json),
            "no connector of the routing algorithm can take this payment");
}

TEST(RoutePayment, TheRequestsWishComesFirst) {
  Shop shop;
  shop.use(R"({"type":"single","data":)" + Shop::choice(2) + "}");
  shop.add("stripe", 4);
  const struct {
    std::string routing;
    std::vector<std::int64_t> order;
    std::string words;
  } cases[] = {
      {R"({"type":"single","data":)" + Shop::choice(1) + "}", {1}, ""},
      {R"({"type":"single","data":"stripe"})", {1, 2, 4}, ""},
      {R"({"type":"priority","data":["alipay",)" + Shop::choice(4) + "," + Shop::choice(1) + "]}",
       {4, 1},
       ""},
      {R"({"type":"volume_split","data":[{"connector":)" + Shop::choice(1) + R"(,"split":10},{"connector":)" +
           Shop::choice(4) + R"(,"split":90}]})",
       {4, 1},
       ", drawn for a share of 90 per cent"},
      {Shop::rule("dollars", "currency", "enum_variant", "\"USD\""), {2}, ", rule \"dollars\""},
      {Shop::rule("euros", "currency", "enum_variant", "\"EUR\""), {1}, ""},
  };
  for (const auto& each : cases) {
    shop.details.routing_json = each.routing;
    EXPECT_EQ(shop.order(), each.order) << each.routing;
    EXPECT_EQ(route_in_words(shop.route()->reason_json), "the request asked for this connector" + each.words)
        << each.routing;
  }
  EXPECT_EQ(shop.route(PaymentMethod::card, nullptr, to_text(ConnectorAccountId{4, 0}))
                ->accounts.front()
                ->row.id.key,
            4)
      << "the payer is known to no other";
}

TEST(RoutePayment, WhatNothingDecidesFollowsTheProfilesDefault) {
  Shop shop;
  std::ranges::reverse(shop.profile.by_default);
  EXPECT_EQ(shop.order(), (std::vector<std::int64_t>{2, 1}));
  shop.add("stripe", 4);
  shop.use(R"({"type":"single","data":)" + Shop::choice(1) + "}");
  EXPECT_EQ(shop.order(), (std::vector<std::int64_t>{1, 2, 4})) << "behind what the algorithm names";
  shop.accounts[0]->row.disabled = true;
  EXPECT_EQ(shop.order(), (std::vector<std::int64_t>{2, 4}));
  EXPECT_EQ(shop.route()->reason_json, R"({"by":"fallback"})");
}

TEST(RoutePayment, KnowsOfThePaymentWhatARuleMayAskFor) {
  const struct {
    std::string_view lhs, type, value;
  } cases[] = {
      {"amount", "number", "6540"},
      {"currency", "enum_variant", "\"USD\""},
      {"payment_method", "enum_variant", "\"card\""},
      {"card_type", "enum_variant", "\"debit\""},
      {"card_network", "enum_variant", "\"Visa\""},
      {"card_bin", "str_value", "\"424242\""},
      {"extended_card_bin", "str_value", "\"42424242\""},
      {"authentication_type", "enum_variant", "\"no_three_ds\""},
      {"capture_method", "enum_variant", "\"automatic\""},
      {"billing_country", "enum_variant", "\"FR\""},
      {"business_country", "enum_variant", "\"US\""},
      {"business_label", "str_value", "\"food\""},
      {"setup_future_usage", "enum_variant", "\"off_session\""},
      {"metadata", "metadata_variant", R"({"key":"tier","value":"gold"})"},
      {"metadata", "metadata_variant", R"({"key":"age","value":"7"})"},
  };
  for (const auto& each : cases) {
    Shop shop;
    shop.use(Shop::rule("r", each.lhs, each.type, each.value));
    const Card card{Secret("4242424242424242"), Secret("123"), 10, 2030, "Ada"};
    shop.details.card = summarise(card);
    shop.details.payment_method_type = "debit";
    shop.details.billing_json = R"({"address":{"country":"FR"}})";
    shop.details.business_country = "US";
    shop.details.business_label = "food";
    shop.details.setup_future_usage = "off_session";
    shop.details.metadata_json = R"({"tier":"gold","age":7})";
    const Result<Route> route = shop.route(PaymentMethod::card, &card);
    EXPECT_EQ(route->accounts.front()->row.id.key, 2) << each.lhs;
    shop.payment = Payment{};
    shop.payment.amount = {1, Currency::parse("EUR").value()};
    shop.payment.capture_method = CaptureMethod::manual;
    shop.payment.authentication_type = AuthenticationType::three_ds;
    shop.details = PaymentDetails{};
    if (each.lhs != "payment_method") {
      EXPECT_EQ(shop.route()->accounts.front()->row.id.key, 1) << each.lhs;
    }
  }
}

TEST(RoutePayment, TheBestIsChosenByWhatIsKnown) {
  Shop shop;
  shop.use(R"({"type":"dynamic","data":{}})");
  EXPECT_EQ(shop.order(), (std::vector<std::int64_t>{1, 2})) << "nothing is known";
  shop.means.estimates = shop.tell();
  shop.known[2] = {.rate_ppm = 973'140, .drawn_ppm = 973'140};
  shop.details.card.network = "Visa";
  EXPECT_EQ(shop.order(), (std::vector<std::int64_t>{2, 1}));
  const routing::Segment segment{PaymentMethod::card, routing::network_number("visa"),
                                 shop.payment.amount.currency};
  EXPECT_EQ(shop.asked, (std::vector<routing::Segment>{segment}));
  EXPECT_TRUE(route_in_words(shop.route()->reason_json).ends_with(", expected to approve 97.31 per cent"));
  shop.known[1] = {.rate_ppm = 900'000, .drawn_ppm = 990'000};
  EXPECT_EQ(shop.order(), (std::vector<std::int64_t>{1, 2}));
  EXPECT_TRUE(route_in_words(shop.route()->reason_json).ends_with("tried to learn how it does"));
}

TEST(RoutePayment, TheCheapestOfThoseThatAreNearlyAsGoodIsChosenByItsFees) {
  Shop shop;
  shop.means.estimates = shop.tell();
  shop.known[1] = {.rate_ppm = 905'000, .drawn_ppm = 905'000};
  const std::string_view near = R"({"type":"dynamic","data":{"cost":{"within_percent":"0.5"}}})";
  shop.use(near);
  EXPECT_EQ(shop.order(), (std::vector<std::int64_t>{1, 2})) << "whose fees nobody knows";
  shop.accounts[0]->fees = {{.payment_method = "card", .basis_points = 290}};
  shop.accounts[1]->fees = {{.payment_method = "card", .card_network = "visa", .basis_points = 145},
                            {.payment_method = "card", .country = "foreign", .basis_points = 300}};
  shop.details.card.network = "Visa";
  EXPECT_EQ(shop.order(), (std::vector<std::int64_t>{2, 1}));
  EXPECT_TRUE(route_in_words(shop.route()->reason_json).ends_with(", at a cost of 1.45 per cent"));
  shop.details.card.network = "Mastercard";
  shop.details.billing_json = R"({"address":{"country":"FR"}})";
  shop.details.business_country = "US";
  EXPECT_EQ(shop.order(), (std::vector<std::int64_t>{1, 2})) << "2.9 per cent against 3";
  shop.details.business_country = "FR";
  EXPECT_EQ(shop.order(), (std::vector<std::int64_t>{1, 2}))
      << "an account that no entry covers is the dearest";
  shop.known[1] = {.rate_ppm = 894'999, .drawn_ppm = 894'999};
  EXPECT_EQ(shop.order(), (std::vector<std::int64_t>{2, 1})) << "too far behind";
}

TEST(RoutePayment, ARuleMayAskForASuccessRate) {
  Shop shop;
  shop.means.estimates = shop.tell();
  shop.use(
      R"({"type":"advanced","data":{"defaultSelection":{"type":"priority","data":[)" + Shop::choice(1) +
      R"(]},"rules":[{"name":"good","connectorSelection":{"type":"priority","data":["stripe"]},"statements":[)"
      R"({"condition":[{"lhs":"success_rate","comparison":"greater_than","value":{"type":"number","value":0.95}}]}]}]}})");
  EXPECT_EQ(shop.order(), (std::vector<std::int64_t>{1, 2}));
  EXPECT_TRUE(shop.route()->reason_json.contains(R"("by":"advanced")"));
  EXPECT_FALSE(shop.route()->reason_json.contains("good"));
  shop.known[2] = {.rate_ppm = 950'001};
  EXPECT_EQ(shop.order(), (std::vector<std::int64_t>{2, 1}));
  EXPECT_TRUE(shop.route()->reason_json.contains(R"("rule":"good")"));
}

TEST(RoutePayment, TheConfigurationsRulesServeProfilesWithoutAnAlgorithm) {
  Shop shop;
  const auto document = json::parse(Shop::rule("dollars", "currency", "enum_variant", "\"USD\""));
  const auto rules = routing::compile_algorithm(routing::read_algorithm(document->root(), "rules").value(),
                                                "rules", std::nullopt);
  shop.means.rules = &rules.value();
  EXPECT_EQ(shop.order(), (std::vector<std::int64_t>{2, 1}));
  EXPECT_EQ(route_in_words(shop.route()->reason_json), "the configuration, rule \"dollars\"");
  std::ranges::reverse(shop.profile.by_default);
  shop.payment.amount.currency = Currency::parse("EUR").value();
  EXPECT_EQ(shop.order(), (std::vector<std::int64_t>{2, 1})) << "no rule holds: the profile's default";
  EXPECT_EQ(shop.route()->reason_json, "");
  shop.payment.amount.currency = Currency::parse("USD").value();
  shop.use(R"({"type":"single","data":)" + Shop::choice(1) + "}");
  EXPECT_EQ(shop.order(), (std::vector<std::int64_t>{1, 2}));
}

TEST(RoutePayment, ACanaryTakesItsShareAndSaysSo) {
  Shop shop;
  shop.use(R"({"type":"single","data":)" + Shop::choice(2) + "}");
  const auto trial = shop.profile.routing;
  shop.use(R"({"type":"single","data":)" + Shop::choice(1) + "}");
  shop.profile.canary = std::make_shared<const RoutingCanary>(trial, 100, 7);
  EXPECT_EQ(shop.order(), (std::vector<std::int64_t>{2, 1}));
  EXPECT_TRUE(shop.route()->reason_json.ends_with(R"(,"canary":1})"));
  EXPECT_TRUE(route_in_words(shop.route()->reason_json).ends_with(" on trial"));
  shop.profile.canary = std::make_shared<const RoutingCanary>(trial, 0, 7);
  EXPECT_EQ(shop.order(), (std::vector<std::int64_t>{1, 2}));
  EXPECT_TRUE(shop.route()->reason_json.ends_with(R"(,"canary":0})"));
  shop.profile.routing = nullptr;
  EXPECT_EQ(shop.route()->reason_json, R"({"by":"default","canary":0})");
  shop.details.routing_json = R"({"type":"single","data":"stripe"})";
  EXPECT_EQ(shop.route()->reason_json, R"({"by":"request"})") << "which is neither's doing";
}

TEST(RoutePayment, WhoFailsTooOftenGoesBehindUnlessTheRequestNamesThem) {
  Shop shop;
  shop.means = {shop.tell(), 980'000};
  shop.known[1] = {.rate_ppm = 900'000, .technical_ppm = 979'999, .technical_payments = 100};
  const std::string failing =
      R"({"type":"volume_split","data":[{"connector":)" + Shop::choice(1) + R"(,"split":100}]})";
  EXPECT_EQ(shop.order(), (std::vector<std::int64_t>{2, 1}));
  EXPECT_EQ(route_in_words(shop.route()->reason_json),
            "the default order of connectors, expected to approve 90.00 per cent, "
            "before 1 that fails too often");
  shop.use(failing);
  EXPECT_EQ(shop.order(), (std::vector<std::int64_t>{2, 1}));
  EXPECT_FALSE(shop.route()->reason_json.contains("share")) << "which is another's";
  shop.details.routing_json = failing;
  EXPECT_EQ(shop.order(), (std::vector<std::int64_t>{1}));
  shop.details.routing_json.clear();
  shop.means.set_back_below_ppm = 979'999;
  EXPECT_EQ(shop.order(), (std::vector<std::int64_t>{1, 2}));
}

TEST(RoutePayment, TheReasonFitsAndSaysWhatDecided) {
  Shop shop;
  const std::string name(routing::kNameMax, 'n');
  std::string rule = Shop::rule(name, "currency", "enum_variant", "\"USD\"");
  const std::string selection =
      R"("connectorSelection":{"type":"priority","data":[)" + Shop::choice(2) + "]}";
  const auto at = rule.find(selection);
  ASSERT_NE(at, std::string::npos);
  rule.replace(at, selection.size(),
               R"("connectorSelection":{"type":"volume_split","data":[{"connector":)" + Shop::choice(2) +
                   R"(,"split":100}]})");
  shop.use(rule);
  // Its longest form: the shortest words, the longest numbers.
  shop.means = {shop.tell(), 980'000};
  shop.known[2] = {.rate_ppm = 1'000'000, .drawn_ppm = 1'000'000};
  shop.known[1] = {.technical_ppm = 0, .technical_payments = 100};
  shop.profile.canary = std::make_shared<const RoutingCanary>(shop.profile.routing, 100, 7);
  EXPECT_LE(shop.route()->reason_json.size(), kRouteReasonMax);
  shop.profile.canary = nullptr;
  shop.means = {};
  const Result<Route> route = shop.route();
  EXPECT_EQ(route_in_words(route->reason_json), "routing algorithm " + to_text(RoutingAlgorithmId{7, 7}) +
                                                    ", rule \"" + name +
                                                    "\", drawn for a share of 100 per cent");
}

}  // namespace
}  // namespace payweir::flows
