#include "flows/payment_links.hpp"

#include <gtest/gtest.h>

#include "flows/snapshot.hpp"
#include "flows/testkit.hpp"

namespace payweir::flows {
namespace {

using testkit::World;

struct Links : World {
  Links() {
    settings.public_url = "https://pay.example";
    create_merchant("shop");
    create_merchant("other");
    shop = merchant("shop");
    other = merchant("other");
  }

  PaymentView create(std::string payment_id = "", bool has_link = true) {
    CreatePayment command;
    command.payment_id = std::move(payment_id);
    command.amount = {6540, Currency::parse("CNY").value()};
    command.details.edit().has_link = has_link;
    command.details.edit().link_seller_name = "Blue Teapot";
    const Result<Answer> answer =
        run(create_payment(context(), shop, std::nullopt, std::move(command), rendering));
    EXPECT_TRUE(answer) << answer.error().detail;
    RetrievePayment retrieve;
    retrieve.payment_id = testkit::member(*answer, "payment_id");
    const Result<PaymentView> view = run(retrieve_payment(context(), shop, std::move(retrieve)));
    EXPECT_TRUE(view);
    return *view;
  }
  static std::string link_id(const PaymentView& view) {
    return to_text(PaymentLinkId{view.payment.id.key, view.payment.id.salt});
  }
  Result<PaymentView> retrieve(const Principal& who, std::string id, std::string client_secret = "") {
    return run(retrieve_payment_link(context(), who, std::move(id), std::move(client_secret)));
  }
  Result<std::string> open(std::string merchant_id, std::string payment_id, std::string token) {
    return run(open_payment_link(context(), std::move(merchant_id), std::move(payment_id), std::move(token)));
  }
  std::vector<std::string> list(const Principal& who, ListPaymentLinks command = {}) {
    const Result<std::vector<PaymentView>> views =
        run(list_payment_links(context(), who, std::move(command)));
    EXPECT_TRUE(views);
    std::vector<std::string> ids;
    for (const PaymentView& view : *views)
      ids.push_back(view.payment_id);
    return ids;
  }

  Principal shop, other;
};

TEST(PaymentLink, LeadsToThePageWithThePaymentsSecret) {
  Links links;
  const PaymentView chosen = links.create("order_1");
  EXPECT_EQ(links.open("shop", "order_1", chosen.link_token).value_or(""),
            "https://pay.example/pay/order_1?client_secret=" + chosen.client_secret);
  const PaymentView ours = links.create();
  EXPECT_EQ(links.open("shop", ours.payment_id, ours.link_token).value_or(""),
            "https://pay.example/pay/" + ours.payment_id + "?client_secret=" + ours.client_secret);
  EXPECT_EQ(chosen.details->link_seller_name, "Blue Teapot");
}

TEST(PaymentLink, NothingButItsOwnTokenOpensIt) {
  Links links;
  const PaymentView payment = links.create("order_1");
  const PaymentView another = links.create("order_2");
  const PaymentView without = links.create("order_3", false);
  EXPECT_EQ(payment.link_token.size(), 24u);
  EXPECT_FALSE(payment.client_secret.contains(payment.link_token));
  EXPECT_EQ(without.link_token, "");
  struct Row {
    std::string merchant_id, payment_id, token;
  };
  const Row rows[] = {
      {"shop", "order_1", ""},
      {"shop", "order_1", another.link_token},
      {"shop", "order_1", payment.client_secret},
      {"shop", "order_1", payment.link_token + "0"},
      {"shop", "order_1", payment.link_token.substr(0, 23)},
      {"other", "order_1", payment.link_token},
      {"nobody", "order_1", payment.link_token},
      {"shop", "order_9", payment.link_token},
      {"shop", "order_3", ""},
      {"shop", "order_3", link_token_of(links.keys, without.payment.id)},
  };
  for (const Row& row : rows) {
    const Result<std::string> opened = links.open(row.merchant_id, row.payment_id, row.token);
    ASSERT_FALSE(opened) << row.merchant_id << ' ' << row.payment_id << ' ' << row.token;
    EXPECT_EQ(opened.error().code, Code::not_found);
    EXPECT_EQ(opened.error().field, "payment_link_id") << "what is wrong is not told";
  }
}

TEST(PaymentLink, IsShownToItsMerchantAndToWhoHasTheSecret) {
  Links links;
  const PaymentView payment = links.create("order_1");
  EXPECT_EQ(links.retrieve(links.shop, Links::link_id(payment))->payment_id, "order_1");
  EXPECT_EQ(links.retrieve(links.other, Links::link_id(payment)).error().code, Code::not_found);
  Principal publishable = links.shop;
  publishable.role = Role::publishable;
  EXPECT_EQ(links.retrieve(publishable, Links::link_id(payment)).error().code, Code::client_secret_missing);
  EXPECT_TRUE(links.retrieve(publishable, Links::link_id(payment), payment.client_secret));
  const PaymentView without = links.create("order_2", false);
  for (const std::string& id : {Links::link_id(without), std::string("plink_1"), payment.payment_id,
                                to_text(payment.payment.id), std::string("list")})
    EXPECT_EQ(links.retrieve(links.shop, id).error().field, "payment_link_id") << id;
}

TEST(PaymentLink, ListingShowsTheMerchantsOwnNewestFirst) {
  Links links;
  const Instant start = links.clock.wall();
  for (const std::string id : {"order_1", "order_2", "order_3"}) {
    links.create(id);
    links.create(id + "_without", false);
    links.clock.advance(seconds(10));
  }
  EXPECT_EQ(links.list(links.shop), (std::vector<std::string>{"order_3", "order_2", "order_1"}));
  EXPECT_TRUE(links.list(links.other).empty());
  ListPaymentLinks command;
  command.limit = 1;
  command.offset = 1;
  EXPECT_EQ(links.list(links.shop, command), (std::vector<std::string>{"order_2"}));
  command = {};
  command.created_from = start + seconds(10);
  EXPECT_EQ(links.list(links.shop, command), (std::vector<std::string>{"order_3", "order_2"}));
  command.created_to = start + seconds(10);
  EXPECT_EQ(links.list(links.shop, command), (std::vector<std::string>{"order_2"}));
}

TEST(PaymentLink, LastsThroughChangesOfThePayment) {
  Links links;
  const PaymentView payment = links.create("order_1");
  UpdatePayment update;
  update.payment_id = "order_1";
  update.amount_minor = 700;
  update.details.edit().description = "Tea";
  ASSERT_TRUE(links.run(update_payment(links.context(), links.shop, std::nullopt, update, links.rendering)));
  EXPECT_EQ(links.retrieve(links.shop, Links::link_id(payment))->payment.amount.minor, 700);
  EXPECT_EQ(links.list(links.shop), (std::vector<std::string>{"order_1"}));
  EXPECT_TRUE(links.open("shop", "order_1", payment.link_token));
}

TEST(PaymentLink, IsNotMadeForAPaymentThatIsConfirmedAtOnce) {
  Links links;
  CreatePayment command;
  command.amount = {6540, Currency::parse("CNY").value()};
  command.confirm = true;
  command.instrument = Card{Secret("4242424242424242"), Secret("123"), 10, 2030, "Ada Lovelace"};
  command.details.edit().has_link = true;
  const Result<Answer> answer = links.run(
      create_payment(links.context(), links.shop, std::nullopt, std::move(command), links.rendering));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::invalid_value);
  EXPECT_EQ(answer.error().field, "confirm");
}

}  // namespace
}  // namespace payweir::flows
