#include "api/native/payment_method_data.hpp"

#include <gtest/gtest.h>

#include <string>

#include "api/native/bank_account.hpp"
#include "api/native/payment_requests.hpp"

namespace payweir::api::native {
namespace {

constexpr Instant kNow{1'795'000'000'000};

Result<flows::CreatePayment> create(const std::string& members) {
  const Result<json::Document> document = json::parse(R"({"amount":100,"currency":"USD",)" + members + "}");
  EXPECT_TRUE(document) << members;
  return bind_create_payment(document->root(), kNow);
}

constexpr const char* kOnline =
    R"("customer_acceptance":{"acceptance_type":"online","online":{"ip_address":"203.0.113.7","user_agent":"Mozilla"}},)";

TEST(PaymentMethodData, TakesOneMethodOfAFamily) {
  const auto klarna = create(
      R"("payment_method":"pay_later","payment_method_type":"klarna","payment_method_data":{"pay_later":)"
      R"({"klarna_redirect":{"issuer_name":"stripe","billing_email":"a@b.test","billing_country":"US"}}})");
  ASSERT_TRUE(klarna && klarna->instrument) << klarna.error().field;
  EXPECT_EQ(std::get<LocalMethod>(*klarna->instrument).method, PaymentMethod::klarna);
  EXPECT_EQ(klarna->details->payment_method, "pay_later");
  EXPECT_EQ(klarna->details->payment_method_type, "klarna");
  EXPECT_EQ(klarna->details->local_method, "klarna_redirect");
  const ContactDetails billing = flows::billing_of(*klarna->details);
  EXPECT_EQ(billing.email, "a@b.test");
  EXPECT_EQ(billing.address.country, "US");

  const auto eps = create(
      R"("payment_method_data":{"bank_redirect":{"eps":{"billing_details":{"billing_name":"John Doe"},)"
      R"("bank_name":"dolomitenbank","country":"AT"}},"billing":{"email":"own@b.test"}})");
  ASSERT_TRUE(eps && eps->instrument) << eps.error().field;
  EXPECT_EQ(std::get<LocalMethod>(*eps->instrument).bank, "dolomitenbank");
  EXPECT_EQ(flows::billing_of(*eps->details).address.first_name, "John Doe");
  EXPECT_EQ(flows::billing_of(*eps->details).email, "own@b.test");
}

TEST(PaymentMethodData, BillingOfTheMethodIsCompletedFromThePayments) {
  const auto bound = create(
      R"("billing":{"address":{"line1":"1 Road","city":"Berlin","country":"DE","first_name":"Ann"},"email":"ann@b.test"},)"
      R"("payment_method_data":{"bank_transfer":{"ach_bank_transfer":{"billing_details":{"email":"own@b.test"}}}})");
  ASSERT_TRUE(bound && bound->instrument);
  const ContactDetails billing = flows::billing_of(*bound->details);
  EXPECT_EQ(billing.email, "own@b.test");
  EXPECT_EQ(billing.address.first_name, "Ann");
  EXPECT_EQ(billing.address.line1, "1 Road");
  // Lines of two countries are no address.
  const auto abroad =
      create(R"("billing":{"address":{"line1":"1 Road","country":"DE"}},)"
             R"("payment_method_data":{"pay_later":{"klarna_redirect":{"billing_country":"US"}}})");
  ASSERT_TRUE(abroad);
  EXPECT_EQ(flows::billing_of(*abroad->details).address.country, "US");
  EXPECT_EQ(flows::billing_of(*abroad->details).address.line1, "");
}

TEST(PaymentMethodData, TakesABankAccountAndKeepsOfItTheEnd) {
  const auto ach =
      create(std::string(kOnline) +
             R"("payment_method_data":{"bank_debit":{"ach_bank_debit":{"account_number":"000123456789",)"
             R"("routing_number":"110000000","bank_holder_type":"business","billing_details":)"
             R"({"name":"John Doe","email":"j@d.test","address":{"city":"Austin"}}}}})");
  ASSERT_TRUE(ach && ach->instrument) << ach.error().field << ach.error().detail;
  const auto& debit = std::get<LocalMethod>(*ach->instrument);
  EXPECT_EQ(debit.account_number.reveal(), "000123456789");
  EXPECT_TRUE(debit.is_of_company);
  EXPECT_EQ(debit.agreed_from_ip, "203.0.113.7");
  EXPECT_EQ(ach->details->account_last4, "6789");
  EXPECT_FALSE(ach->details->serialise().contains("00012345"));
  EXPECT_EQ(flows::billing_of(*ach->details).address.city, "Austin");

  const auto sepa = create(
      R"("mandate_data":{"customer_acceptance":{"acceptance_type":"offline"}},)"
      R"("payment_method_data":{"bank_debit":{"sepa_bank_debit":{"iban":"de89 3704 0044 0532 0130 00"}}})");
  ASSERT_TRUE(sepa && sepa->instrument) << sepa.error().field << sepa.error().detail;
  EXPECT_EQ(std::get<LocalMethod>(*sepa->instrument).account_number.reveal(), "DE89370400440532013000");
  EXPECT_EQ(std::get<LocalMethod>(*sepa->instrument).agreed_from_ip, "");
}

TEST(PaymentMethodData, AHeldDebitComesBackWhole) {
  LocalMethod debit{.method = PaymentMethod::ach_bank_debit, .bank = "x"};
  debit.account_number = Secret("000123456789");
  debit.routing_number = Secret("110000000");
  debit.is_savings = true;
  debit.agreed_from_ip = "203.0.113.7";
  debit.agreed_with_user_agent = std::string(255, 'm');
  const std::optional<Secret> held = flows::serialise_held(debit);
  ASSERT_TRUE(held);
  EXPECT_LT(held->size(), 480u) << "a slot of the hold has 512 bytes, some of which sealing needs";
  flows::PaymentDetails details;
  details.local_method = "ach_bank_debit";
  const Result<Instrument> back = flows::parse_held(*held, details);
  ASSERT_TRUE(back);
  const auto& read = std::get<LocalMethod>(*back);
  EXPECT_EQ(read.method, PaymentMethod::ach_bank_debit);
  EXPECT_EQ(read.account_number.reveal(), "000123456789");
  EXPECT_EQ(read.routing_number.reveal(), "110000000");
  EXPECT_TRUE(read.is_savings);
  EXPECT_FALSE(read.is_of_company);
  EXPECT_EQ(read.agreed_with_user_agent, debit.agreed_with_user_agent);
  EXPECT_FALSE(flows::serialise_held(LocalMethod{.method = PaymentMethod::ideal}));
}

TEST(PaymentMethodData, TakesARewardByItsType) {
  const auto reward =
      create(R"("payment_method":"reward","payment_method_type":"evoucher","payment_method_data":"reward")");
  ASSERT_TRUE(reward && reward->instrument) << reward.error().field;
  EXPECT_EQ(method_of(*reward->instrument), PaymentMethod::evoucher);
  EXPECT_EQ(create(R"("payment_method_data":"reward")").error().field, "payment_method_type");
  EXPECT_EQ(create(R"("payment_method_data":"applause")").error().field, "payment_method_data");
}

TEST(PaymentMethodData, NamesTheFieldThatDoesNotFit) {
  const std::string at = "payment_method_data.";
  const std::string debit = at + "bank_debit.ach_bank_debit.";
  const auto ach = [](const std::string& account, const std::string& routing) {
    return std::string(kOnline) +
           R"("payment_method_data":{"bank_debit":{"ach_bank_debit":{"account_number":")" + account +
           R"(","routing_number":")" + routing + R"("}}})";
  };
  for (
      const auto& [members, field] :
      {std::pair<std::string, std::string>(R"("payment_method_data":{"pay_later":{}})",
                                           at + "pay_later.klarna_redirect"),
       {R"("payment_method_data":{"pay_later":{"ideal":{}}})", at + "pay_later.ideal"},
       {R"("payment_method_data":{"bank_redirect":{"ideal":{},"eps":{}}})", at + "bank_redirect.eps"},
       {R"("payment_method_data":{"bank_redirect":{"ideal":{"bank_name":"I N G"}}})",
        at + "bank_redirect.ideal.bank_name"},
       {R"("payment_method_data":{"bank_redirect":{"ideal":1}})", at + "bank_redirect.ideal"},
       {R"("payment_method":"card","payment_method_data":{"bank_redirect":{"ideal":{}}})", "payment_method"},
       {R"("payment_method_type":"eps","payment_method_data":{"bank_redirect":{"ideal":{}}})",
        "payment_method_type"},
       {R"("payment_method":"banana")", "payment_method"},
       {R"("payment_method_type":"banana")", "payment_method_type"},
       {ach("12", "110000000"), debit + "account_number"},
       {ach("000123456789", "110000001"), debit + "routing_number"},
       {ach("000123456789", ""), debit + "routing_number"},
       {R"("payment_method_data":{"bank_debit":{"sepa_bank_debit":{"iban":"DE89370400440532013001"}}})",
        at + "bank_debit.sepa_bank_debit.iban"},
       {R"("payment_method_data":{"bank_debit":{"sepa_bank_debit":{"iban":"DE89370400440532013000"}}})",
        "customer_acceptance"},
       {R"("customer_acceptance":{"acceptance_type":"online"},"payment_method_data":{"bank_debit":{"sepa_bank_debit":{"iban":"DE89370400440532013000"}}})",
        "customer_acceptance.online.ip_address"}}) {
    const Result<flows::CreatePayment> refused = create(members);
    ASSERT_FALSE(refused) << members;
    EXPECT_EQ(refused.error().field, field) << members;
  }
}

TEST(BankAccount, ChecksNumbersByTheirOwnDigits) {
  EXPECT_TRUE(is_routing_number("110000000"));
  EXPECT_TRUE(is_routing_number("021000021"));
  EXPECT_FALSE(is_routing_number("021000022"));
  EXPECT_FALSE(is_routing_number("000000000"));
  EXPECT_FALSE(is_routing_number("02100002"));
  EXPECT_TRUE(is_iban("AT611904300234573201"));
  EXPECT_TRUE(is_iban("GB82WEST12345698765432"));
  EXPECT_FALSE(is_iban("GB82WEST12345698765433"));
  EXPECT_FALSE(is_iban("GB82west12345698765432"));
  EXPECT_FALSE(is_iban("GB82"));
  EXPECT_EQ(last_four(Secret("1234567")), "");
  EXPECT_EQ(last_four(Secret("12345678")), "5678");
}

}  // namespace
}  // namespace payweir::api::native
