#include "sandbox/alipay/testkit.hpp"

namespace payweir::sandbox::alipay {
namespace {

constexpr const char* kPays = "285251072831110000";

Seen pay_under(Client& client, std::string_view kind, std::string_view number) {
  static_cast<void>(
      client.plant(R"({"kind":")" + std::string(kind) + R"(","operation":"authorize","count":1})"));
  return client.pay(number, kPays);
}

bool is_paid(Client& client, std::string_view number) {
  return client.query(number).text("trade_status") == "TRADE_SUCCESS";
}

TEST(AlipayFaults, KeepARequestFromBeingExecuted) {
  Client client;
  EXPECT_EQ(pay_under(client, "down", "T1").status, 503);
  EXPECT_EQ(pay_under(client, "error_500_before", "T1").code(), "aop.ACQ.SYSTEM_ERROR");
  EXPECT_EQ(pay_under(client, "silent_before", "T1").status, 0);
  EXPECT_EQ(pay_under(client, "closed_before", "T1").wire, Wire::closed);
  EXPECT_EQ(pay_under(client, "rate_limited", "T1").text("code"), "40005");
  EXPECT_EQ(client.query("T1").code(), "ACQ.TRADE_NOT_EXIST");
}

TEST(AlipayFaults, HideThatARequestWasExecuted) {
  Client client;
  const Seen unknown = pay_under(client, "error_500_after", "T1");
  EXPECT_EQ(unknown.text("code"), "20000");
  EXPECT_TRUE(unknown.is_verified);
  EXPECT_EQ(pay_under(client, "silent", "T2").status, 0);
  EXPECT_EQ(pay_under(client, "garbage", "T3").text("code"), "(no JSON)");
  EXPECT_EQ(pay_under(client, "slow", "T4").delay, seconds(2));
  EXPECT_EQ(pay_under(client, "truncated", "T5").wire, Wire::truncated);
  for (const char* number : {"T1", "T2", "T3", "T4", "T5"})
    EXPECT_TRUE(is_paid(client, number)) << number;
}

TEST(AlipayFaults, ExecuteLate) {
  Client client;
  EXPECT_EQ(pay_under(client, "late", "T1").status, 0);
  EXPECT_EQ(client.query("T1").code(), "ACQ.TRADE_NOT_EXIST");
  client.now = client.now + seconds(30);
  EXPECT_TRUE(is_paid(client, "T1"));
}

// The switch gave up on the order, and its request arrives after all.
TEST(AlipayFaults, ExecuteLateInVainOnceTheNumberIsCancelled) {
  Client client;
  static_cast<void>(client.plant(R"({"kind":"late","operation":"create","count":1})"));
  EXPECT_EQ(client.precreate("T1").status, 0);
  EXPECT_EQ(client.cancel("T1").text("action"), "close");
  client.now = client.now + seconds(30);
  EXPECT_EQ(client.query("T1").code(), "ACQ.TRADE_NOT_EXIST");
  EXPECT_EQ(client.scan("T1").status, 409);
  EXPECT_EQ(client.model.state().books.totals_of_reference("T1").captured, 0);
}

TEST(AlipayFaults, LieUnderARightSignature) {
  Client client;
  EXPECT_EQ(pay_under(client, "wrong_amount", "T1").text("total_amount"), "88.89");
  EXPECT_EQ(pay_under(client, "wrong_currency", "T2").text("trans_currency"), "USD");
  const Seen other = pay_under(client, "someone_elses_answer", "T3");
  EXPECT_EQ(other.text("out_trade_no"), "T2");
  EXPECT_TRUE(other.is_verified);
  EXPECT_EQ(client.query("T3").text("total_amount"), "88.88");
}

TEST(AlipayFaults, ChargeTwiceForTheCheckerToFind) {
  Client client;
  static_cast<void>(pay_under(client, "double_charge", "T1"));
  EXPECT_EQ(client.model.state().books.totals_of_reference("T1").charge_count, 2);
  EXPECT_EQ(client.model.state().books.repeated_references(), std::vector<std::string>{"T1"});
}

TEST(AlipayFaults, StrikeOneApplicationOnly) {
  Client client;
  static_cast<void>(client.plant(R"({"kind":"down","account":"2021999999999999"})"));
  EXPECT_EQ(client.precreate("T1").code(), "10000");
}

}  // namespace
}  // namespace payweir::sandbox::alipay
