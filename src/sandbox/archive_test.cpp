#include "sandbox/archive.hpp"

#include <gtest/gtest.h>

#include "sandbox/china_time.hpp"
#include "sandbox/gbk.hpp"

namespace payweir::sandbox {
namespace {

TEST(Archive, SumsAsTheFormatsDo) {
  EXPECT_EQ(crc32(""), 0u);
  EXPECT_EQ(crc32("123456789"), 0xcbf43926u);
}

TEST(Archive, PacksFilesWithTheirDirectory) {
  const std::string packed = zip({{.name = "a.csv", .content = "one"}, {.name = "b.csv", .content = "two"}});
  EXPECT_TRUE(packed.starts_with("PK\x03\x04"));
  EXPECT_EQ(packed.substr(packed.size() - 22, 4), "PK\x05\x06");
  EXPECT_EQ(packed.size(), 2 * (30 + 5 + 3) + 2 * (46 + 5) + 22u);
}

TEST(Archive, PacksInBlocks) {
  EXPECT_EQ(gzip("").size(), 10 + 5 + 8u);
  EXPECT_EQ(gzip(std::string(65'536, 'x')).size(), 10 + 2 * 5 + 65'536 + 8u);
}

TEST(Gbk, HasWhatItHas) {
  EXPECT_EQ(to_gbk("a业务"), "a\xd2\xb5\xce\xf1");
  EXPECT_EQ(to_gbk("茶🍵x"), "\xb2\xe8?x");
}

TEST(ChinaTime, IsEightHoursAhead) {
  const Instant t{1'795'000'000'000};
  EXPECT_EQ(format_china(t), "2026-11-18 19:06:40");
  EXPECT_EQ(format_china_rfc3339(t), "2026-11-18T19:06:40+08:00");
  EXPECT_EQ(china_day(t + hours(5)), "20261119");
  EXPECT_EQ(format_china(china_midnight(t)), "2026-11-18 00:00:00");
  EXPECT_EQ(parse_china("2026-11-18 19:06:40").value(), t);
  EXPECT_EQ(parse_china_day("2026-11-18").value(), china_midnight(t));
  for (const char* text : {"", "2026-11-18", "2026-11-18T19:06:40", "2026-13-18 19:06:40"})
    EXPECT_FALSE(parse_china(text).has_value()) << text;
  EXPECT_FALSE(parse_china_day("2026-02-30").has_value());
}

}  // namespace
}  // namespace payweir::sandbox
