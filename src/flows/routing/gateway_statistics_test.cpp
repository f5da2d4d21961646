#include "flows/routing/gateway_statistics.hpp"

#include <gtest/gtest.h>

#include <array>
#include <thread>

namespace payweir::flows {
namespace {

using routing::Observation;
using routing::Segment;

constexpr Instant kStart{1'790'000'000'000};
constexpr std::array<std::int64_t, 2> kAccounts = {1LL << 50, 7};

Segment visa() {
  return {PaymentMethod::card, routing::network_number("visa"), Currency::parse("EUR").value()};
}
Segment wallet() {
  return {PaymentMethod::we_chat_pay_qr, 0, Currency::parse("CNY").value()};
}

void feed(GatewayStatistics& statistics, std::int64_t account, Segment segment, int approved, int declined,
          Instant now = kStart) {
  for (int i = 0; i < approved + declined; ++i)
    statistics.observe(account, segment, i < approved ? Observation::approved : Observation::declined, now);
}

std::vector<std::int64_t> payments(const GatewayStatistics& statistics, Segment segment = visa()) {
  std::vector<std::int64_t> counts;
  for (const routing::Estimate& each : statistics.estimates(kAccounts, segment, 0, kStart))
    counts.push_back(each.payments);
  return counts;
}

// Stores what is new, as the job does; the keys count up from 1.
std::vector<store::GatewayStatisticsRow> save(GatewayStatistics& statistics, Instant now = kStart,
                                              Saving saving = Saving::done) {
  std::vector<store::GatewayStatisticsRow> rows = statistics.take_rows(now);
  for (store::GatewayStatisticsRow& row : rows) {
    if (row.key == 0) row.key = row.started_at.ms;
    statistics.finish(row, saving);
  }
  return rows;
}

TEST(GatewayStatistics, EachAccountHasItsEstimateInTheOrderAskedFor) {
  GatewayStatistics statistics;
  feed(statistics, kAccounts[0], visa(), 90, 10);
  feed(statistics, kAccounts[1], visa(), 20, 20);
  EXPECT_EQ(payments(statistics), (std::vector<std::int64_t>{100, 40}));
  EXPECT_EQ(payments(statistics, wallet()), (std::vector<std::int64_t>{0, 0}));
}

TEST(GatewayStatistics, WhatWasStoredIsKnownAgain) {
  GatewayStatistics statistics, next;
  feed(statistics, kAccounts[0], visa(), 900, 100);
  feed(statistics, kAccounts[1], wallet(), 3, 2);
  for (int i = 0; i < 300; ++i)
    statistics.observe(kAccounts[1], visa(), Observation::technical_failure, kStart);
  for (const auto& row : save(statistics))
    EXPECT_TRUE(next.load(row));
  for (const Segment segment : {visa(), wallet()}) {
    const auto before = statistics.estimates(kAccounts, segment, 5, kStart);
    const auto after = next.estimates(kAccounts, segment, 5, kStart);
    for (std::size_t i = 0; i < kAccounts.size(); ++i) {
      EXPECT_EQ(after[i].payments, before[i].payments);
      EXPECT_EQ(after[i].day_ppm, before[i].day_ppm);
      EXPECT_NEAR(after[i].technical_ppm, before[i].technical_ppm, 10'000);
      EXPECT_NEAR(after[i].rate_ppm, before[i].rate_ppm, 60'000);  // the order within a window is not kept
    }
  }
  EXPECT_TRUE(next.take_rows(kStart).empty()) << "it is stored already";
}

TEST(GatewayStatistics, AWindowIsOneRowThatGrows) {
  GatewayStatistics statistics;
  EXPECT_TRUE(save(statistics).empty());
  feed(statistics, 7, visa(), 1, 0);
  const auto first = save(statistics);
  ASSERT_EQ(first.size(), 1u);
  EXPECT_EQ(first[0].version, 1);
  EXPECT_TRUE(save(statistics).empty());

  feed(statistics, 7, visa(), 1, 0, kStart + seconds(10));
  const auto second = save(statistics, kStart + seconds(20));
  ASSERT_EQ(second.size(), 1u);
  EXPECT_EQ(second[0].key, first[0].key);
  EXPECT_EQ(second[0].version, 2);
  EXPECT_EQ(second[0].modified_at, kStart + seconds(20));
  GatewayStatistics next;
  ASSERT_TRUE(next.load(second[0]));
  EXPECT_EQ(payments(next)[1], 2);

  // The last of a window is stored although the next one has begun.
  feed(statistics, 7, visa(), 1, 0, kStart + seconds(25));
  feed(statistics, 7, visa(), 1, 0, kStart + GatewayStatistics::kWindow);
  const auto third = save(statistics);
  ASSERT_EQ(third.size(), 2u);
  EXPECT_EQ(third[0].version, 3);
  EXPECT_EQ(third[1].version, 1);
  EXPECT_EQ(third[1].started_at, third[0].started_at + GatewayStatistics::kWindow);
}

TEST(GatewayStatistics, WhatCouldNotBeStoredWaits) {
  GatewayStatistics statistics;
  feed(statistics, 7, visa(), 1, 0);
  EXPECT_EQ(save(statistics, kStart, Saving::failed).size(), 1u);
  feed(statistics, 7, visa(), 1, 0, kStart + GatewayStatistics::kWindow);
  const auto rows = save(statistics);
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].version, 1);

  // Nobody knows whether it was stored: what comes now is a row of its own.
  feed(statistics, 7, visa(), 1, 0, kStart + GatewayStatistics::kWindow);
  EXPECT_EQ(save(statistics, kStart, Saving::lost).size(), 1u);
  EXPECT_TRUE(save(statistics).empty());
  feed(statistics, 7, visa(), 1, 0, kStart + GatewayStatistics::kWindow);
  const auto again = statistics.take_rows(kStart);
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(again[0].key, 0);
  EXPECT_EQ(again[0].version, 1);
  EXPECT_EQ(payments(statistics)[1], 4) << "in memory nothing is lost";
}

TEST(GatewayStatistics, AStoreThatTakesNothingFillsNoMemory) {
  GatewayStatistics statistics;
  for (int window = 0; window < 100; ++window)
    feed(statistics, 7, visa(), 1, 0, kStart + GatewayStatistics::kWindow * window);
  EXPECT_EQ(save(statistics).size(), GatewayStatistics::kWindowsMax);

  for (std::size_t account = 1; account <= GatewayStatistics::kSegmentsMax + 5; ++account)
    feed(statistics, static_cast<std::int64_t>(account), visa(), 1, 0, kStart + days(2));
  const auto rows = save(statistics);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_LT(rows[0].counts.size(), GatewayStatistics::kSegmentsMax * 16);
}

TEST(GatewayStatistics, ARowThatCannotBeReadCountsNothing) {
  GatewayStatistics statistics;
  feed(statistics, kAccounts[0], visa(), 200, 1);
  store::GatewayStatisticsRow row = save(statistics).at(0);
  const std::string good = row.counts;
  for (std::size_t size = 0; size < good.size(); ++size) {
    if (size == 1) continue;  // no segments, which is a row too
    row.counts = good.substr(0, size);
    EXPECT_FALSE(GatewayStatistics().load(row)) << size;
  }
  for (const std::string& bad : {std::string("\2"), good + "\x80", "\1" + std::string(12, '\xff'),
                                 std::string("\1\7\1\1\x80\x10\1\1\1")}) {  // a currency of number 2048
    row.counts = bad;
    EXPECT_FALSE(GatewayStatistics().load(row));
  }
}

TEST(GatewayStatistics, ThreadsShareIt) {
  GatewayStatistics statistics;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread)
    threads.emplace_back([&statistics] {
      for (int i = 0; i < 500; ++i) {
        feed(statistics, 7, visa(), 1, 1);
        static_cast<void>(payments(statistics));
        static_cast<void>(save(statistics));
      }
    });
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_EQ(payments(statistics)[1], 4'000);
}

}  // namespace
}  // namespace payweir::flows
