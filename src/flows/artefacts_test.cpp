#include "flows/artefacts.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <utility>

namespace payweir::flows {
namespace {
using Turn = Artefacts::Turn;

constexpr Instant kStart{1'795'000'000'000};

std::shared_ptr<const Artefact> an_artefact() {
  return std::make_shared<const Artefact>();
}

TEST(Artefacts, AreAskedForByOneAtATime) {
  Artefacts artefacts;
  EXPECT_EQ(artefacts.claim(1, 1, kStart + seconds(100)), Turn::mine);
  EXPECT_EQ(artefacts.claim(1, 1, kStart + seconds(100)), Turn::anothers);
  EXPECT_EQ(artefacts.claim(1, 2, kStart + hours(100)), Turn::anothers);
  EXPECT_EQ(artefacts.claim(2, 1, kStart + seconds(100)), Turn::mine);
}

TEST(Artefacts, AreNotKeptFromBeingAskedForByAClockThatWasSetBack) {
  Artefacts artefacts;
  ASSERT_EQ(artefacts.claim(1, 1, kStart + hours(1)), Turn::mine);
  artefacts.finish(1, 1, {});
  EXPECT_EQ(artefacts.claim(1, 1, kStart), Turn::mine);
}

TEST(Artefacts, AreAskedForOnceAMinuteHoweverItEnds) {
  for (const auto& fetched : {FetchedArtefact{}, FetchedArtefact{an_artefact(), Instant{1}}}) {
    Artefacts artefacts;
    ASSERT_EQ(artefacts.claim(1, 1, kStart + seconds(0)), Turn::mine);
    artefacts.finish(1, 1, fetched);
    EXPECT_EQ(artefacts.claim(1, 1, kStart + seconds(59)), Turn::too_soon);
    EXPECT_EQ(artefacts.claim(1, 1, kStart + seconds(60)), Turn::mine);
  }
}

TEST(Artefacts, StayUntilThereIsAnother) {
  Artefacts artefacts;
  const auto first = an_artefact(), second = an_artefact();
  ASSERT_EQ(artefacts.claim(1, 1, kStart + seconds(0)), Turn::mine);
  EXPECT_EQ(artefacts.find(1, 1).artefact, nullptr);
  artefacts.finish(1, 1, {first, Instant{7}});
  EXPECT_EQ(artefacts.find(1, 1).artefact, first);
  EXPECT_EQ(artefacts.find(1, 1).refresh_at, Instant{7});
  ASSERT_EQ(artefacts.claim(1, 1, kStart + minutes(1)), Turn::mine);
  artefacts.finish(1, 1, {});
  EXPECT_EQ(artefacts.find(1, 1).artefact, first);
  ASSERT_EQ(artefacts.claim(1, 1, kStart + minutes(2)), Turn::mine);
  artefacts.finish(1, 1, {second, Instant{8}});
  EXPECT_EQ(artefacts.find(1, 1).artefact, second);
}

// Other credentials may be another merchant's, and may be asked for at once.
TEST(Artefacts, AreOfOneVersionOfTheAccount) {
  Artefacts artefacts;
  ASSERT_EQ(artefacts.claim(1, 1, kStart + seconds(0)), Turn::mine);
  artefacts.finish(1, 1, {an_artefact(), Instant{7}});
  EXPECT_EQ(artefacts.find(1, 2).artefact, nullptr);
  EXPECT_EQ(artefacts.claim(1, 2, kStart + seconds(1)), Turn::mine);
}

}  // namespace
}  // namespace payweir::flows
