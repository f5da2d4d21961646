#include "sandbox/orders/order_books.hpp"

#include <gtest/gtest.h>

#include "sandbox/orders/due.hpp"
#include "sandbox/orders/payer.hpp"

namespace payweir::sandbox::orders {
namespace {

Order& add(OrderBooks& books, std::string number, std::string reference = "pay_1") {
  Order order{.account = books.account_of("one"), .amount = 100};
  order.out_trade_no = std::move(number);
  order.reference = std::move(reference);
  return books.add(std::move(order));
}

TEST(OrderBooks, KeepSumsOfWhatIsPaidAndRefunded) {
  OrderBooks books;
  Order& order = add(books, "T1");
  books.pay(order, Instant{1});
  books.refund(order, {.request_no = "R1", .amount = 30, .state = RefundState::processing});
  books.refund(order, {.request_no = "R2", .amount = 70, .state = RefundState::processing});
  EXPECT_TRUE(order.is_refunded_in_full());
  books.settle(order, 0, RefundState::succeeded, Instant{2});
  books.settle(order, 1, RefundState::abnormal, Instant{2});
  EXPECT_EQ(order.refunded, 30);
  const Totals& totals = books.accounts().front().totals;
  EXPECT_EQ(totals.charges, 1);
  EXPECT_EQ(totals.captured, 100);
  EXPECT_EQ(totals.refunds, 1);
  EXPECT_EQ(totals.refunded, 30);
  EXPECT_EQ(books.find_refund(0, "R2").refund->state, RefundState::abnormal);
  EXPECT_EQ(books.find_refund(1, "R2").refund, nullptr);
}

TEST(OrderBooks, FindOrdersByEveryName) {
  OrderBooks books;
  Order& order = add(books, "T1");
  books.set_transaction_no(order, "4200");
  books.set_code(order, "code");
  EXPECT_EQ(books.find(0, "T1"), &order);
  EXPECT_EQ(books.find(1, "T1"), nullptr);
  EXPECT_EQ(books.find_transaction(0, "4200"), &order);
  EXPECT_EQ(books.find_transaction(1, "4200"), nullptr);
  EXPECT_EQ(books.find_code("code"), &order);
  EXPECT_EQ(books.find_code(""), nullptr);
}

TEST(OrderBooks, ListReferencesThatWereChargedTwiceOnce) {
  OrderBooks books;
  for (const char* number : {"T1", "T2", "T3"})
    books.pay(add(books, number), Instant{1});
  books.pay(add(books, "T4", "pay_2"), Instant{1});
  EXPECT_EQ(books.repeated_references(), std::vector<std::string>{"pay_1"});
  EXPECT_EQ(books.totals_of_reference("pay_1").charge_count, 3);
  EXPECT_EQ(books.totals_of_reference("pay_9").charge_count, 0);
}

TEST(Orders, BelongToThePaymentThatTheirTextNames) {
  EXPECT_EQ(reference_of("payment_id=pay_1", "T1"), "pay_1");
  EXPECT_EQ(reference_of("x=1&order_id=pay_2", "T1"), "pay_2");
  EXPECT_EQ(reference_of("payment_id%3Dpay_3%26x%3D1", "T1"), "pay_3");
  for (const char* text : {"", "payment_id=", "pay_1", "%", "x=%zz"})
    EXPECT_EQ(reference_of(text, "T1"), "T1") << text;
}

TEST(Orders, AreWrittenInYuan) {
  EXPECT_EQ(format_yuan(0), "0.00");
  EXPECT_EQ(format_yuan(5), "0.05");
  EXPECT_EQ(format_yuan(1234), "12.34");
  EXPECT_EQ(format_yuan(-1234), "-12.34");
}

TEST(DueQueue, GivesWhatIsDueInTheOrderItWasSet) {
  DueQueue queue;
  queue.set(Due::What::expire_order, Instant{2}, 1);
  queue.set(Due::What::approve_payment, Instant{1}, 2);
  queue.hold({.target = "/held"}, Instant{2});
  EXPECT_EQ(queue.next(), Instant{1});
  EXPECT_FALSE(queue.take_due(Instant{0}));
  EXPECT_EQ(queue.take_due(Instant{2})->order, 2u);
  EXPECT_EQ(queue.take_due(Instant{2})->order, 1u);
  const auto held = queue.take_due(Instant{2});
  EXPECT_EQ(queue.take_held(*held)->target, "/held");
  EXPECT_FALSE(queue.take_held(*held));
  EXPECT_FALSE(queue.next());
}

}  // namespace
}  // namespace payweir::sandbox::orders
