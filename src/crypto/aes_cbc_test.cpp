#include "crypto/aes_cbc.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "base/vectors_testkit.hpp"
#include "crypto/encoding.hpp"

namespace payweir::crypto {
namespace {

using json::Value;

// NIST SP 800-38A, F.2.1 and F.2.5. They have no padding: ours is the block behind.
TEST(AesCbc, MatchesThePublishedVectors) {
  const std::string iv = from_hex("000102030405060708090a0b0c0d0e0f").value();
  const std::string plain = from_hex(
                                "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
                                "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710")
                                .value();
  const struct {
    const char* key;
    const char* sealed;
  } rows[] = {
      {"2b7e151628aed2a6abf7158809cf4f3c",
       "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2"
       "73bed6b8e3c1743b7116e69e222295163ff1caa1681fac09120eca307586e1a7"},
      {"603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
       "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d"
       "39f23369a9d9bacfa530e26304231461b2eb05e2c39be9fcda6c19078c6a9d1b"},
  };
  for (const auto& row : rows) {
    const std::string key = from_hex(row.key).value();
    const std::string sealed = aes_cbc_encrypt(key, iv, plain);
    ASSERT_EQ(sealed.size(), plain.size() + 16);
    EXPECT_EQ(to_hex(sealed.substr(0, plain.size())), row.sealed);
    EXPECT_EQ(aes_cbc_decrypt(key, iv, sealed).value(), plain);
  }
}

TEST(AesCbc, OpensWhatItSealed) {
  EXPECT_TRUE(rc::check("encrypt then decrypt is the identity", [](const std::string& plain) {
    const auto key =
        *rc::gen::container<std::string>(*rc::gen::element<std::size_t>(16, 32), rc::gen::arbitrary<char>());
    const auto iv = *rc::gen::container<std::string>(16, rc::gen::arbitrary<char>());
    const std::string sealed = aes_cbc_encrypt(key, iv, plain);
    RC_ASSERT(sealed.size() == plain.size() / 16 * 16 + 16);
    RC_ASSERT(aes_cbc_decrypt(key, iv, sealed).value() == plain);
  }));
}

TEST(AesCbc, RefusesWhatHasNoPadding) {
  const std::string key(16, 'k'), iv(16, 'i');
  const std::string sealed = aes_cbc_encrypt(key, iv, "0123456789");
  for (std::size_t size = 0; size < sealed.size(); ++size)
    EXPECT_EQ(aes_cbc_decrypt(key, iv, sealed.substr(0, size)).error().code, Code::decrypt_failed) << size;
  EXPECT_FALSE(aes_cbc_decrypt(key, iv, sealed + "x"));
  // The text's last byte becomes a padding of 0, which there is not.
  std::string other_iv = iv;
  other_iv[15] = static_cast<char>(other_iv[15] ^ 6);
  EXPECT_EQ(aes_cbc_decrypt(key, other_iv, sealed).error().code, Code::decrypt_failed);
}

TEST(Vectors, AlipayHiddenContent) {
  const auto document = testkit::load_vectors("alipay.json");
  const Value cases = document.root()["aes_cases"];
  ASSERT_GT(cases.size(), 0u);
  for (Value one = cases.first(); one.present(); one = one.next()) {
    const std::string key = from_base64(one["key_b64"].text()).value();
    const std::string iv = from_hex(one["iv_hex"].text()).value();
    EXPECT_EQ(to_base64(aes_cbc_encrypt(key, iv, one["plain"].text())), one["cipher_b64"].text());
    EXPECT_EQ(aes_cbc_decrypt(key, iv, from_base64(one["cipher_b64"].text()).value()).value(),
              one["plain"].text());
  }
}

}  // namespace
}  // namespace payweir::crypto
