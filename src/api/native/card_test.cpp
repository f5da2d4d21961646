#include "api/native/card.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace payweir::api::native {
namespace {

const Instant kNow = *parse_iso8601("2026-11-22T04:20:07Z");

struct Given {
  std::string number = R"("378282246310005")", month = R"("10")", year = R"("30")", cvc = R"("123")",
              holder = R"("joseph Doe")";
};

Result<Card> bind(const Given& given, Instant now = kNow) {
  const std::string text = R"({"card":{"card_number":)" + given.number + R"(,"card_exp_month":)" +
                           given.month + R"(,"card_exp_year":)" + given.year + R"(,"card_cvc":)" + given.cvc +
                           R"(,"card_holder_name":)" + given.holder + "}}";
  const Result<json::Document> document = json::parse(text);
  if (!document) return fail(document.error());
  std::optional<Error> problem;
  Fields fields(document->root(), problem);
  Card card = bind_card(fields.object("card"), now);
  return bound(std::move(card), problem);
}

std::string detail_of(const Given& given, Instant now = kNow) {
  const Result<Card> card = bind(given, now);
  return card ? "" : card.error().detail;
}

TEST(Card, IsBound) {
  const Result<Card> card = bind({});
  ASSERT_TRUE(card);
  EXPECT_EQ(card->number.reveal(), "378282246310005");
  EXPECT_EQ(card->cvc.reveal(), "123");
  EXPECT_EQ(card->expiry_month, 10);
  EXPECT_EQ(card->expiry_year, 2030);
  EXPECT_EQ(card->holder_name, "joseph Doe");
}

TEST(Card, TakesWhatUpstreamTakes) {
  EXPECT_TRUE(bind({.number = R"("3782 8224 6310 005")"}));
  EXPECT_TRUE(bind({.month = R"("03")", .year = R"("2030")", .cvc = R"("7373")"}));
  EXPECT_TRUE(bind({.holder = "null"}));
  EXPECT_TRUE(bind({.holder = R"("")"}));
}

TEST(Card, ANumberIsEightToNineteenDigitsWithTheRightCheckDigit) {
  for (const char* number :
       {"1234", "123456", "4242424242424241", "42424242424242424242", "4242-4242-4242-4242",
        "424242424242424a", "", "４２４２４２４２４２４２４２４２"}) {
    const Result<Card> card = bind({.number = '"' + std::string(number) + '"'});
    ASSERT_FALSE(card) << number;
    EXPECT_EQ(card.error().field, "card.card_number");
    EXPECT_FALSE(card.error().detail.contains("42")) << "a refusal repeats the number";
  }
  EXPECT_EQ(bind({.number = "4242424242424242"}).error().code, Code::wrong_type);
}

TEST(Card, ExpiryHasUpstreamsSentences) {
  EXPECT_EQ(detail_of({.month = R"("13")", .year = R"("69")"}), "Invalid Expiry Month");
  EXPECT_EQ(detail_of({.month = R"("00")"}), "Invalid Expiry Month");
  EXPECT_EQ(detail_of({.month = R"("1x")"}), "Invalid Expiry Month");
  EXPECT_EQ(detail_of({.year = R"("22")"}), "Invalid Expiry Year");
  EXPECT_EQ(detail_of({.month = R"("01")", .year = R"("2023")"}), "Invalid Expiry Year");
  EXPECT_EQ(detail_of({.year = R"("130")"}), "Invalid Expiry Year");
  EXPECT_EQ(detail_of({.year = R"("3O")"}), "Invalid Expiry Year");
  EXPECT_EQ(detail_of({.year = R"("20300")"}), "Invalid Expiry Year");
  EXPECT_EQ(detail_of({.month = R"("10")", .year = R"("26")"}), "Card Expired");
}

TEST(Card, IsGoodUntilItsMonthHasEndedEverywhere) {
  const Given november{.month = R"("11")", .year = R"("26")"};
  EXPECT_EQ(detail_of(november, *parse_iso8601("2026-11-30T23:59:59Z")), "");
  EXPECT_EQ(detail_of(november, *parse_iso8601("2026-12-01T11:59:59Z")), "");
  EXPECT_EQ(detail_of(november, *parse_iso8601("2026-12-01T12:00:00Z")), "Card Expired");
}

TEST(Card, CvcHasThreeOrFourDigits) {
  for (const char* cvc : {R"("")", R"("12")", R"("12345")", R"("12a")"})
    EXPECT_EQ(detail_of({.cvc = cvc}), "Invalid card_cvc length") << cvc;
  EXPECT_EQ(bind({.cvc = "123"}).error().code, Code::wrong_type);
  EXPECT_EQ(bind({.cvc = "null"}).error().code, Code::missing_field);
}

TEST(Card, ExactlyOneCheckDigitFits) {
  EXPECT_TRUE(rc::check("of ten last digits one makes a card number", [] {
    const auto length = *rc::gen::inRange<std::size_t>(7, 19);
    std::string digits =
        *rc::gen::container<std::string>(length, rc::gen::inRange('0', static_cast<char>('9' + 1)));
    int fitting = 0;
    for (char last = '0'; last <= '9'; ++last)
      fitting += is_card_number(digits + last) ? 1 : 0;
    RC_ASSERT(fitting == 1);
  }));
}

}  // namespace
}  // namespace payweir::api::native
