#include "crypto/hash.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "crypto/encoding.hpp"

namespace payweir::crypto {
namespace {

// RFC 4231 §4.2 to §4.8; case 5 is left out, since it truncates the output.
struct HmacRow {
  const char* name;
  std::string key, text;
  const char* sha256;
  const char* sha512;
};

const std::array kRfc4231 = {
    HmacRow{"case 1", std::string(20, '\x0b'), "Hi There",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
            "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde"
            "daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854"},
    HmacRow{"case 2", "Jefe", "what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
            "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"},
    HmacRow{"case 3", std::string(20, '\xaa'), std::string(50, '\xdd'),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
            "fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39"
            "bf3e848279a722c806b485a47e67c807b946a337bee8942674278859e13292fb"},
    HmacRow{"case 6", std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"
            "6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598"},
    HmacRow{"case 7", std::string(131, '\xaa'),
            "This is a test using a larger than block-size key and a larger than block-size data. The key "
            "needs to be hashed before being used by the HMAC algorithm.",
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
            "e37b6a775dc87dbaa4dfa9f96e5e3ffddebd71f8867289865df5a32d20cdc944"
            "b6022cac3c4982b10d5eeb55c3e4de15134676fb6de0446065c97440fa8c6a58"},
};

TEST(Hash, Sha256MatchesFips180Examples) {
  EXPECT_EQ(to_hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(to_hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

// RFC 1321, A.5
TEST(Hash, Md5MatchesRfc1321) {
  EXPECT_EQ(to_hex(md5("")), "d41d8cd98f00b204e9800998ecf8427e");
  EXPECT_EQ(to_hex(md5("a")), "0cc175b9c0f1b6a831c399e269772661");
  EXPECT_EQ(to_hex(md5("message digest")), "f96b697d7cb7938d525a2f31aaf161d0");
  EXPECT_EQ(to_hex(md5("12345678901234567890123456789012345678901234567890123456789012345678901234567890")),
            "57edf4a22be3c955ac49da2e2107b67a");
}

std::string sha1_of(std::string_view text, std::size_t piece_size) {
  Sha1 sha1;
  for (; !text.empty(); text.remove_prefix(std::min(piece_size, text.size())))
    sha1.update(text.substr(0, piece_size));
  return to_hex(sha1.finish());
}

// FIPS 180-2, appendix A, and RFC 3174, 7.3
TEST(Hash, Sha1MatchesFips180ExamplesHoweverTheTextIsParted) {
  const std::string million(1'000'000, 'a');
  const std::string_view long_text = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
  EXPECT_EQ(sha1_of("", 1), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
  for (const std::size_t piece : {1u, 7u, 64u, 1'000'000u}) {
    EXPECT_EQ(sha1_of("abc", piece), "a9993e364706816aba3e25717850c26c9cd0d89d");
    EXPECT_EQ(sha1_of(long_text, piece), "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
    EXPECT_EQ(sha1_of(million, piece), "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
  }
}

TEST(Hash, Sha1KeepsItsTextWhenItMoves) {
  Sha1 first;
  first.update("a");
  Sha1 second(std::move(first));
  second.update("bc");
  EXPECT_EQ(to_hex(second.finish()), "a9993e364706816aba3e25717850c26c9cd0d89d");
}

TEST(Hash, HmacMatchesRfc4231) {
  for (const HmacRow& row : kRfc4231) {
    EXPECT_EQ(to_hex(hmac_sha256(row.key, row.text)), row.sha256) << row.name;
    EXPECT_EQ(to_hex(hmac_sha512(row.key, row.text)), row.sha512) << row.name;
  }
}

TEST(Hash, HmacTakesAnEmptyKeyAndText) {
  EXPECT_EQ(to_hex(hmac_sha256("", "")), "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST(Hash, KeyedHmacIsTheSameEachTimeAndHoweverTheTextIsParted) {
  for (const HmacRow& row : kRfc4231) {
    HmacSha256 keyed(row.key);
    EXPECT_EQ(to_hex(keyed({row.text})), row.sha256) << row.name;
    const std::string_view text = row.text;
    EXPECT_EQ(to_hex(keyed({text.substr(0, 3), "", text.substr(3)})), row.sha256) << row.name;
  }
}

TEST(Hash, KeyedHmacKeepsItsKeyWhenItMoves) {
  HmacSha256 first("Jefe");
  HmacSha256 second(std::move(first));
  EXPECT_EQ(second({"text"}), hmac_sha256("Jefe", "text"));
}

TEST(Hash, ConstantTimeEqualComparesLengthAndEveryByte) {
  EXPECT_TRUE(constant_time_equal("", ""));
  EXPECT_TRUE(constant_time_equal("same", "same"));
  EXPECT_FALSE(constant_time_equal("same", "sam"));
  EXPECT_FALSE(constant_time_equal("same", "Same"));
  EXPECT_FALSE(constant_time_equal("same", "samE"));
  EXPECT_FALSE(constant_time_equal(std::string_view("a\0b", 3), std::string_view("a\0c", 3)));
}

}  // namespace
}  // namespace payweir::crypto
