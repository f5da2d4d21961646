#include "domain/routing/ranking.hpp"

#include <gtest/gtest.h>

namespace payweir::routing {
namespace {

using Order = std::vector<std::size_t>;

Standing standing(std::int32_t rate_ppm, std::int32_t cost_bps = 0, std::int32_t drawn_ppm = -1) {
  Standing made;
  made.estimate.rate_ppm = rate_ppm;
  made.estimate.drawn_ppm = drawn_ppm < 0 ? rate_ppm : drawn_ppm;
  made.cost_bps = cost_bps;
  return made;
}

Standing technical(std::int32_t technical_ppm, std::int32_t payments) {
  Standing made;
  made.estimate.technical_ppm = technical_ppm;
  made.estimate.technical_payments = payments;
  return made;
}

TEST(Ranking, TheLikeliestIsFirstAndEqualsKeepTheirOrder) {
  const std::vector<Standing> standings = {standing(800'000), standing(900'000), standing(800'000),
                                           standing(900'000)};
  EXPECT_EQ(rank(standings, {}).order, (Order{1, 3, 0, 2}));
  EXPECT_FALSE(rank(standings, {}).has_explored);
  EXPECT_TRUE(rank({}, {}).order.empty());
  EXPECT_TRUE(rank({}, {.explores = false}).order.empty());
}

TEST(Ranking, OfThoseThatAreNearTheBestTheCheapestIsFirst) {
  const std::vector<Standing> standings = {standing(900'000, 300), standing(895'000, 100),
                                           standing(890'000, 100), standing(889'999, 1),
                                           standing(899'000, kCostUnknown)};
  EXPECT_EQ(rank(standings, {.within_ppm = 10'000}).order, (Order{1, 2, 0, 4, 3}));
  EXPECT_EQ(rank(standings, {.within_ppm = 0}).order, (Order{0, 4, 1, 2, 3}));
}

TEST(Ranking, AnExploredAccountIsFirstAndTheOthersAsExpected) {
  const std::vector<Standing> standings = {standing(900'000, 0, 880'000), standing(850'000, 0, 700'000),
                                           standing(840'000, 0, 890'000)};
  const Ranking ranking = rank(standings, {});
  EXPECT_EQ(ranking.order, (Order{2, 0, 1}));
  EXPECT_TRUE(ranking.has_explored);
  EXPECT_EQ(rank(standings, {.explores = false}).order, (Order{0, 1, 2}));
  EXPECT_FALSE(rank(standings, {.explores = false}).has_explored);
}

TEST(Ranking, WhoDoesNotAnswerGoesBehindTheOthers) {
  const std::vector<Standing> standings = {technical(500'000, 50), technical(990'000, 50),
                                           technical(0, kTechnicalPaymentsMin - 1),
                                           technical(0, kTechnicalPaymentsMin), technical(900'000, 50)};
  Order order = {3, 2, 4, 0, 1};
  EXPECT_EQ(set_back(standings, order, 900'000), 2u);
  EXPECT_EQ(order, (Order{2, 4, 1, 3, 0}));
  EXPECT_EQ(set_back(standings, order, 0), 0u);
  Order none_left = {3, 0};
  EXPECT_EQ(set_back(standings, none_left, 900'000), 2u);
  EXPECT_EQ(none_left, (Order{3, 0}));
}

}  // namespace
}  // namespace payweir::routing
