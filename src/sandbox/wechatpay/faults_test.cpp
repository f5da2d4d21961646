#include "sandbox/wechatpay/testkit.hpp"

namespace payweir::sandbox::wechatpay {
namespace {

constexpr const char* kPays = "130061098828000000";

Seen pay_under(Client& client, std::string_view kind, std::string_view number) {
  static_cast<void>(
      client.plant(R"({"kind":")" + std::string(kind) + R"(","operation":"authorize","count":1})"));
  return client.pay_by_code(number, kPays);
}

TEST(WechatPayFaults, KeepARequestFromBeingExecuted) {
  Client client;
  EXPECT_EQ(pay_under(client, "down", "ORDER1").status, 503);
  const Seen unknown = pay_under(client, "error_500_before", "ORDER1");
  EXPECT_EQ(unknown.status, 500);
  EXPECT_EQ(unknown.code(), "SYSTEM_ERROR");
  EXPECT_TRUE(unknown.is_verified);
  const Seen limited = pay_under(client, "rate_limited", "ORDER1");
  EXPECT_EQ(limited.status, 429);
  EXPECT_EQ(limited.code(), "FREQUENCY_LIMITED");
  EXPECT_EQ(pay_under(client, "silent_before", "ORDER1").status, 0);
  EXPECT_EQ(client.query("ORDER1").code(), "ORDER_NOT_EXIST");
}

TEST(WechatPayFaults, HideThatARequestWasExecuted) {
  Client client;
  EXPECT_EQ(pay_under(client, "error_500_after", "ORDER1").status, 500);
  EXPECT_EQ(pay_under(client, "silent", "ORDER2").status, 0);
  EXPECT_EQ(pay_under(client, "closed", "ORDER3").wire, Wire::closed);
  EXPECT_EQ(pay_under(client, "late", "ORDER4").status, 0);
  EXPECT_EQ(client.query("ORDER4").code(), "ORDER_NOT_EXIST");
  client.now = client.now + seconds(30);
  for (const char* number : {"ORDER1", "ORDER2", "ORDER3", "ORDER4"})
    EXPECT_EQ(client.query(number).state(), "SUCCESS") << number;
}

TEST(WechatPayFaults, ExecuteLateWhatWasSignedInTime) {
  Client client;
  static_cast<void>(client.plant(R"({"kind":"late","operation":"authorize","count":1,"delay_ms":600000})"));
  EXPECT_EQ(client.pay_by_code("ORDER1", kPays).status, 0);
  client.now = client.now + minutes(10);
  EXPECT_EQ(client.query("ORDER1").state(), "SUCCESS");
}

TEST(WechatPayFaults, LieUnderARightSignature) {
  Client client;
  EXPECT_EQ(pay_under(client, "wrong_amount", "ORDER1").text({"amount", "total"}), "8889");
  EXPECT_EQ(pay_under(client, "wrong_currency", "ORDER2").text({"amount", "currency"}), "USD");
  const Seen other = pay_under(client, "someone_elses_answer", "ORDER3");
  EXPECT_EQ(other.text({"out_trade_no"}), "ORDER2");
  EXPECT_TRUE(other.is_verified);
  EXPECT_EQ(client.query("ORDER1").text({"amount", "total"}), "8888");
}

TEST(WechatPayFaults, ChargeTwiceForTheCheckerToFind) {
  Client client;
  static_cast<void>(client.plant(R"({"kind":"double_charge","operation":"create"})"));
  static_cast<void>(client.buy("ORDER1"));
  EXPECT_EQ(client.model.state().books.totals_of_reference("ORDER1").charge_count, 2);
}

}  // namespace
}  // namespace payweir::sandbox::wechatpay
