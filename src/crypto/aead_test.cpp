#include "crypto/aead.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <sys/mman.h>

#include <string>

#include "base/vectors_testkit.hpp"
#include "crypto/encoding.hpp"

namespace payweir::crypto {
namespace {

struct GcmRow {
  const char* name;
  const char* key;
  const char* nonce;
  const char* aad;
  const char* plain;
  const char* sealed;  // ciphertext ‖ tag
};

// McGrew and Viega, "The Galois/Counter Mode of Operation", appendix B, test cases 13 to 16 (the ones
// NIST took over for AES-256 with a nonce of 96 bits).
constexpr GcmRow kGcm[] = {
    {"13", "0000000000000000000000000000000000000000000000000000000000000000", "000000000000000000000000", "",
     "", "530f8afbc74536b9a963b4f1c4cb738b"},
    {"14", "0000000000000000000000000000000000000000000000000000000000000000", "000000000000000000000000", "",
     "00000000000000000000000000000000", "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"},
    {"15", "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888", "",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
     "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255",
     "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
     "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad"
     "b094dac5d93471bdec1a502270e3cc6c"},
    {"16", "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
     "feedfacedeadbeeffeedfacedeadbeefabaddad2",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
     "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
     "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
     "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
     "76fc6ece0f4e1768cddf8853bb2d551b"},
};

TEST(Aead, MatchesThePublishedVectors) {
  for (const GcmRow& row : kGcm) {
    const std::string key = from_hex(row.key).value();
    const std::string nonce = from_hex(row.nonce).value();
    const std::string aad = from_hex(row.aad).value();
    const std::string plain = from_hex(row.plain).value();
    const std::string sealed = aes256gcm_seal(key, nonce, aad, plain);
    EXPECT_EQ(to_hex(sealed), row.sealed) << row.name;
    EXPECT_EQ(aes256gcm_open(key, nonce, aad, sealed).value(), plain) << row.name;
  }
}

// Test cases 17 and 18 of the same appendix: nonces of 64 and 480 bits, which others may use.
TEST(Aead, OpensUnderNoncesOfOtherSizes) {
  const std::string key = from_hex(kGcm[3].key).value(), aad = from_hex(kGcm[3].aad).value();
  const struct {
    const char* nonce;
    const char* sealed;
  } rows[] = {
      {"cafebabefacedbad",
       "c3762df1ca787d32ae47c13bf19844cbaf1ae14d0b976afac52ff7d79bba9de0"
       "feb582d33934a4f0954cc2363bc73f7862ac430e64abe499f47c9b1f"
       "3a337dbf46a792c45e454913fe2ea8f2"},
      {"9313225df88406e555909c5aff5269aa6a7a9538534f7da1e4c303d2a318a728"
       "c3c0c95156809539fcf0e2429a6b525416aedbf5a0de6a57a637b39b",
       "5a8def2f0c9e53f1f75d7853659e2a20eeb2b22aafde6419a058ab4f6f746bf4"
       "0fc0c3b780f244452da3ebf1c5d82cdea2418997200ef82e44ae7e3f"
       "a44a8266ee1c8eb0c8b5d4cf5ae9f19a"},
  };
  for (const auto& row : rows) {
    const std::string nonce = from_hex(row.nonce).value(), sealed = from_hex(row.sealed).value();
    EXPECT_EQ(to_hex(aes256gcm_open(key, nonce, aad, sealed).value()), kGcm[3].plain) << row.nonce;
    EXPECT_FALSE(aes256gcm_open(key, nonce + '\0', aad, sealed)) << row.nonce;
  }
}

TEST(Aead, RefusesANonceThatIsEmptyOrTooLong) {
  const std::string key(32, 'k'), sealed(20, 's');
  for (const std::size_t size : {0u, 129u, 100'000u})
    EXPECT_EQ(aes256gcm_open(key, std::string(size, 'n'), "", sealed).error().code, Code::decrypt_failed)
        << size;
  for (const std::size_t size : {1u, 128u})
    EXPECT_EQ(aes256gcm_open(key, std::string(size, 'n'), "", sealed).error().code, Code::decrypt_failed)
        << size;
}

TEST(Vectors, WeChatPayAead) {
  const auto document = testkit::load_vectors("wechatpay.json");
  const json::Value cases = document.root()["aead_cases"];
  ASSERT_GT(cases.size(), 0u);
  for (json::Value one = cases.first(); one.present(); one = one.next()) {
    const std::string sealed = from_base64(one["ciphertext_and_tag_b64"].text()).value();
    const auto opened =
        aes256gcm_open(one["key_ascii"].text(), one["nonce_ascii"].text(), one["aad_utf8"].text(), sealed);
    ASSERT_TRUE(opened);
    EXPECT_EQ(*opened, one["plain"].text());
    EXPECT_EQ(
        aes256gcm_seal(one["key_ascii"].text(), one["nonce_ascii"].text(), one["aad_utf8"].text(), *opened),
        sealed);
  }
}

TEST(Aead, OpensWhatItSealed) {
  EXPECT_TRUE(
      rc::check("seal then open is the identity", [](const std::string& aad, const std::string& plain) {
        const auto key = *rc::gen::container<std::string>(32, rc::gen::arbitrary<char>());
        const auto nonce = *rc::gen::container<std::string>(12, rc::gen::arbitrary<char>());
        const std::string sealed = aes256gcm_seal(key, nonce, aad, plain);
        RC_ASSERT(sealed.size() == plain.size() + 16);
        RC_ASSERT(aes256gcm_open(key, nonce, aad, sealed).value() == plain);
      }));
}

std::string with_flipped_bit(std::string text, std::size_t bit) {
  text[bit / 8] = static_cast<char>(text[bit / 8] ^ (1 << bit % 8));
  return text;
}

TEST(Aead, EveryFlippedBitIsRefused) {
  const std::string key(32, 'k'), nonce(12, 'n'), aad = "payment|17", plain = "4242";
  const std::string sealed = aes256gcm_seal(key, nonce, aad, plain);
  const auto refuses = [](const Result<std::string>& opened) {
    return !opened && opened.error().code == Code::decrypt_failed;
  };
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit)
    EXPECT_TRUE(refuses(aes256gcm_open(key, nonce, aad, with_flipped_bit(sealed, bit)))) << bit;
  for (std::size_t bit = 0; bit < aad.size() * 8; ++bit)
    EXPECT_TRUE(refuses(aes256gcm_open(key, nonce, with_flipped_bit(aad, bit), sealed))) << bit;
  for (std::size_t bit = 0; bit < nonce.size() * 8; ++bit)
    EXPECT_TRUE(refuses(aes256gcm_open(key, with_flipped_bit(nonce, bit), aad, sealed))) << bit;
  for (std::size_t bit = 0; bit < key.size() * 8; ++bit)
    EXPECT_TRUE(refuses(aes256gcm_open(with_flipped_bit(key, bit), nonce, aad, sealed))) << bit;
}

TEST(Aead, EveryTruncationIsRefused) {
  const std::string key(32, 'k'), nonce(12, 'n');
  const std::string sealed = aes256gcm_seal(key, nonce, "", "0123456789");
  for (std::size_t size = 0; size < sealed.size(); ++size)
    EXPECT_FALSE(aes256gcm_open(key, nonce, "", std::string_view(sealed).substr(0, size))) << size;
  EXPECT_FALSE(aes256gcm_open(key, nonce, "", sealed + '\0'));
}

// Refused by its size alone: the pages behind it cannot be read.
TEST(Aead, RefusesMoreThanItCanHold) {
  constexpr std::size_t kSize = (std::size_t{1} << 30) + 1;
  void* const pages = mmap(nullptr, kSize, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  ASSERT_NE(pages, MAP_FAILED);
  const auto opened = aes256gcm_open(std::string(32, 'k'), std::string(12, 'n'), "",
                                     {static_cast<const char*>(pages), kSize});
  munmap(pages, kSize);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Code::decrypt_failed);
}

// K12: the row is bound as additional data, so what was sealed for one row opens in no other.
TEST(Faults, K12_CiphertextSwappedBetweenRowsDoesNotOpen) {
  const std::string key(32, 'k'), nonce(12, 'n');
  const std::string sealed = aes256gcm_seal(key, nonce, "connector_account|17|credentials", "sk_live_1");
  EXPECT_TRUE(aes256gcm_open(key, nonce, "connector_account|17|credentials", sealed));
  const auto swapped = aes256gcm_open(key, nonce, "connector_account|18|credentials", sealed);
  ASSERT_FALSE(swapped);
  EXPECT_EQ(swapped.error().code, Code::decrypt_failed);
}

}  // namespace
}  // namespace payweir::crypto
