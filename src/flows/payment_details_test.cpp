#include "flows/payment_details.hpp"

#include <gtest/gtest.h>

#include "flows/card_network.hpp"

namespace payweir::flows {
namespace {

Card make_card() {
  Card card;
  card.number = Secret("4242424242424242");
  card.cvc = Secret("123");
  card.expiry_month = 3;
  card.expiry_year = 2031;
  card.holder_name = "Zoë \"Z\" Müller";
  return card;
}

TEST(PaymentDetails, SurvivesBeingStored) {
  PaymentDetails details;
  details.customer_id = "cus_1";
  details.description = "two\nlines and \"quotes\"";
  details.metadata_json = R"({"a":[1,2,{"b":null}]})";
  details.routing_json = R"({"type":"single"})";
  details.card = summarise(make_card());
  details.has_off_session = true;
  details.off_session = false;

  const PaymentDetails read = PaymentDetails::parse(details.serialise());
  EXPECT_EQ(read.customer_id, "cus_1");
  EXPECT_EQ(read.description, details.description);
  EXPECT_EQ(read.metadata_json, details.metadata_json);
  EXPECT_EQ(read.routing_json, details.routing_json);
  EXPECT_EQ(read.card.last4, "4242");
  EXPECT_EQ(read.card.holder_name, details.card.holder_name);
  EXPECT_EQ(read.card.expiry_year, 2031);
  EXPECT_TRUE(read.has_off_session);
  EXPECT_FALSE(read.off_session);
  EXPECT_EQ(read.serialise(), details.serialise());
}

TEST(PaymentDetails, KeepsOnlyWhatIsThere) {
  EXPECT_EQ(PaymentDetails{}.serialise(), "{}");
}

TEST(PaymentDetails, HoldsNoCardNumberAndNoCvc) {
  PaymentDetails details;
  details.card = summarise(make_card());
  EXPECT_FALSE(details.serialise().contains("4242424242424242"));
  EXPECT_FALSE(details.serialise().contains("123"));
}

TEST(PaymentDetails, ShowsNoMoreThanFirstSixAndLastFour) {
  const CardSummary shown = summarise(make_card());
  EXPECT_EQ(shown.bin, "424242");
  EXPECT_EQ(shown.last4, "4242");
  Card brief = make_card();
  brief.number = Secret("4242424242");
  EXPECT_EQ(summarise(brief).bin, "");
}

TEST(PaymentDetails, ReadsAContact) {
  const ContactDetails contact = read_contact(
      R"({"address":{"line1":"1 Main St","city":"Berlin","zip":"10115","country":"DE","first_name":"Ada"},)"
      R"("phone":{"number":"123456","country_code":"+49"},"email":"ada@example.com"})");
  EXPECT_EQ(contact.address.line1, "1 Main St");
  EXPECT_EQ(contact.address.first_name, "Ada");
  EXPECT_EQ(contact.phone, "+49123456");
  EXPECT_EQ(contact.email, "ada@example.com");
  EXPECT_TRUE(read_contact("").address.empty());
  EXPECT_TRUE(read_contact("null").address.empty());
}

TEST(HeldCard, ComesBackWhole) {
  const Card card = make_card();
  const Result<Card> back = parse_card(serialise_card(card));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->number.reveal(), card.number.reveal());
  EXPECT_EQ(back->cvc.reveal(), "123");
  EXPECT_EQ(back->expiry_month, 3);
  EXPECT_EQ(back->expiry_year, 2031);
  EXPECT_EQ(back->holder_name, card.holder_name);
}

TEST(HeldCard, IsRefusedWhenItIsCut) {
  const Secret whole = serialise_card(make_card());
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_FALSE(parse_card(Secret(std::string(whole.reveal().substr(0, size))))) << size;
}

TEST(CardNetwork, IsReadFromTheFirstDigits) {
  struct Row {
    std::string_view number, network;
  };
  for (const Row& row : {Row{"4242424242424242", "visa"},
                         {"5555555555554444", "mastercard"},
                         {"2221000000000009", "mastercard"},
                         {"2720990000000007", "mastercard"},
                         {"2721000000000004", ""},
                         {"378282246310005", "amex"},
                         {"341111111111111", "amex"},
                         {"6011111111111117", "discover"},
                         {"6441111111111117", "discover"},
                         {"30569309025904", "diners"},
                         {"38000000000006", "diners"},
                         {"3566002020360505", "jcb"},
                         {"6200000000000005", "unionpay"},
                         {"6759649826438453", "maestro"},
                         {"9999999999999999", ""},
                         {"", ""},
                         {"35", ""}})
    EXPECT_EQ(card_network_of(row.number), row.network) << row.number;
}

}  // namespace
}  // namespace payweir::flows
