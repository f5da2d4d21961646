#include "sandbox/callback_desk.hpp"

#include <gtest/gtest.h>

namespace payweir::sandbox {
namespace {

TEST(CallbackDesk, MakesEachAsOfTheTimeItIsSentAt) {
  CallbackDesk desk;
  Draws draws(1);
  std::vector<std::int64_t> made_at;
  const auto add = [&] {
    desk.add([&](Instant at) {
      made_at.push_back(at.ms);
      return Callback{};
    });
  };
  add();
  desk.set_behaviour({.delay = seconds(3)});
  const auto sent = desk.dispatch(Instant{1000}, seconds(2), draws);
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(made_at, std::vector<std::int64_t>{1000 + sent[0].after.ms});
  EXPECT_GT(sent[0].after, seconds(5));
  EXPECT_TRUE(desk.dispatch(Instant{1000}, {}, draws).empty());
}

TEST(CallbackDesk, HoldsThemUntilTheyAreReleased) {
  CallbackDesk desk;
  Draws draws(1);
  desk.set_behaviour({.mode = CallbackMode::hold});
  desk.add([](Instant) { return Callback{}; });
  EXPECT_TRUE(desk.dispatch(Instant{1}, {}, draws).empty());
  EXPECT_EQ(desk.held_count(), 1u);
  EXPECT_EQ(desk.release(Instant{2}).size(), 1u);
  EXPECT_EQ(desk.held_count(), 0u);
}

TEST(CallbackDesk, KnowsWebAddresses) {
  for (const char* url : {"http://a", "https://a.test/b?c=1"})
    EXPECT_TRUE(is_web_address(url)) << url;
  for (const char* url : {"", "ftp://a", "http://", "http:///x", "https://a b", "http://a\n"})
    EXPECT_FALSE(is_web_address(url)) << url;
  http::Request request;
  address_to(request, "https://a.test");
  EXPECT_EQ(request.origin, "https://a.test");
  EXPECT_EQ(request.target, "/");
}

TEST(Callback, IsAcknowledgedAsItsGatewayAsks) {
  Callback callback;
  EXPECT_TRUE(callback.is_acknowledged_by({.status = 299}));
  EXPECT_FALSE(callback.is_acknowledged_by({.status = 302}));
  callback.acknowledgement = Acknowledgement::success_body;
  EXPECT_TRUE(callback.is_acknowledged_by({.status = 200, .headers = {}, .body = "success"}));
  for (const char* body : {"", "fail", "success\n", "SUCCESS", "\"success\""})
    EXPECT_FALSE(callback.is_acknowledged_by({.status = 200, .headers = {}, .body = body})) << body;
  callback.acknowledgement = Acknowledgement::ok_or_no_content;
  EXPECT_FALSE(callback.is_acknowledged_by({.status = 201}));
  EXPECT_TRUE(callback.is_acknowledged_by({.status = 204}));
}

}  // namespace
}  // namespace payweir::sandbox
