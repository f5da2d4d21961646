#include "flows/payer.hpp"

#include <gtest/gtest.h>

#include "flows/testkit.hpp"

namespace payweir::flows {
namespace {

using testkit::World;

TEST(Payer, WhoAsksTooOftenWaitsAndWhoGuessesStopsNobody) {
  World world;
  world.settings.page_requests_per_payment_per_minute = 60;
  world.restart();
  world.create_merchant("shop");
  CreatePayment order;
  order.payment_id = "order_1";
  order.amount = {6540, Currency::parse("CNY").value()};
  const Principal shop = world.merchant("shop");
  ASSERT_TRUE(world.run(create_payment(world.context(), shop, std::nullopt, order, world.rendering)));
  RetrievePayment retrieve;
  retrieve.payment_id = "order_1";
  const std::string secret = world.run(retrieve_payment(world.context(), shop, retrieve))->client_secret;
  for (int i = 0; i < 100; ++i)
    EXPECT_EQ(world.run(find_payer(world.context(), "order_1", "guess")).error().code, Code::not_found);
  for (int i = 0; i < 60; ++i)
    ASSERT_TRUE(world.run(find_payer(world.context(), "order_1", secret))) << i;
  EXPECT_EQ(world.run(find_payer(world.context(), "order_1", secret)).error().code, Code::rate_limited);
  world.clock.advance(seconds(1));
  EXPECT_TRUE(world.run(find_payer(world.context(), "order_1", secret)));
}

TEST(Payer, OneAddressCannotTakeThePagesForItself) {
  World world;
  world.settings.rate_limit_per_address = 2;
  world.restart();
  EXPECT_TRUE(admit_payer(world.context(), "192.0.2.1"));
  EXPECT_TRUE(admit_payer(world.context(), "192.0.2.1"));
  EXPECT_EQ(admit_payer(world.context(), "192.0.2.1").error().code, Code::rate_limited);
  EXPECT_TRUE(admit_payer(world.context(), "192.0.2.2"));
}

}  // namespace
}  // namespace payweir::flows
