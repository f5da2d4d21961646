// What the readers of statements are made of: lines, cells, encodings, deflate and ZIP.
#include <gtest/gtest.h>

#include <algorithm>

#include "connectors/statement_testkit.hpp"
#include "connectors/wire/charset.hpp"
#include "connectors/wire/china_time.hpp"
#include "connectors/wire/inflate_stream.hpp"
#include "connectors/wire/line_splitter.hpp"
#include "connectors/wire/table.hpp"
#include "connectors/wire/zip_stream.hpp"

namespace payweir::wire {
namespace {

using testkit::gzip_of;
using testkit::zip_of;
using testkit::ZipEntry;

TEST(ChinaTime, IsEightHoursAhead) {
  EXPECT_EQ(format_iso8601(parse_china_time("2026-01-15 10:00:05").value()), "2026-01-15T02:00:05.000Z");
  EXPECT_EQ(format_iso8601(parse_china_time("2026-01-01 00:00:00").value()), "2025-12-31T16:00:00.000Z");
  for (const char* text : {"", "2026-01-15", "2026-01-15T10:00:05", "2026-02-30 10:00:00",
                           "2026-01-15 24:00:00", "2026-01-15 10:00:05 ", "2026/01/15 10:00:05"})
    EXPECT_FALSE(parse_china_time(text)) << text;
}

std::vector<std::string> lines_of(std::string_view text, std::size_t piece_size, std::size_t limit = 100) {
  std::vector<std::string> lines;
  LineSplitter splitter(limit, [&](std::string_view line, std::uint64_t number) -> Result<void> {
    lines.push_back(std::to_string(number) + ":" + std::string(line));
    return {};
  });
  for (; !text.empty(); text.remove_prefix(std::min(piece_size, text.size())))
    if (auto fed = splitter.feed(text.substr(0, piece_size)); !fed) {
      lines.push_back(fed.error().detail);
      return lines;
    }
  EXPECT_TRUE(splitter.finish());
  return lines;
}

TEST(LineSplitter, SplitsWhereverTheTextIsCut) {
  const std::vector<std::string> expected = {"1:a", "2:", "3:b\rc", "4:d"};
  for (std::size_t piece = 1; piece < 12; ++piece)
    EXPECT_EQ(lines_of("a\r\n\nb\rc\r\nd", piece), expected) << piece;
  EXPECT_EQ(lines_of("a\n", 9), std::vector<std::string>{"1:a"});
}

TEST(LineSplitter, RefusesALineAboveItsLimitBeforeItEnds) {
  const std::string text = "short\n" + std::string(11, 'x');
  for (std::size_t piece = 1; piece < 20; ++piece)
    EXPECT_EQ(lines_of(text, piece, 10).back(), "row 2: longer than 10 bytes") << piece;
}

TEST(Cells, QuotedOnesMayHoldAnything) {
  std::vector<std::string_view> cells;
  std::string unquoted;
  EXPECT_TRUE(split_quoted_cells("a,\"b,\"\"c\"\"\nd\",,\"\"", cells, unquoted));
  EXPECT_EQ(cells, (std::vector<std::string_view>{"a", "b,\"c\"\nd", "", ""}));
  EXPECT_TRUE(split_quoted_cells("a\"b\",\"c\" d,e", cells, unquoted));
  EXPECT_EQ(cells, (std::vector<std::string_view>{"a\"b\"", "\"c\" d", "e"}))
      << "a quote is no quoting there";
  EXPECT_FALSE(split_quoted_cells("a,\"b,c", cells, unquoted));
  EXPECT_FALSE(split_quoted_cells("a,\"b\"\"", cells, unquoted));
  EXPECT_TRUE(split_quoted_cells("", cells, unquoted));
  EXPECT_EQ(cells.size(), 1u);
}

TEST(Cells, AreFoundByTheNameOfTheirColumn) {
  const std::vector<std::string_view> names = {"b", "c", "a", "c"}, wanted = {"a", "b"}, twice = {"c"},
                                      none = {"d"};
  const auto columns = Columns::find(names, wanted, 5);
  ASSERT_TRUE(columns);
  EXPECT_EQ(columns->count(), 4u);
  const std::vector<std::string_view> cells = {"1", "2", "3", "4"};
  EXPECT_EQ(columns->cell(cells, 0), "3");
  EXPECT_EQ(columns->cell(cells, 1), "1");
  EXPECT_EQ(Columns::find(names, twice, 5).error().detail, "row 5: c: there are two such columns");
  EXPECT_EQ(Columns::find(names, none, 5).error().detail, "row 5: d: there is no such column");
}

TEST(CharsetDecoder, DecodesAndRefuses) {
  const auto gbk = CharsetDecoder::open(Charset::gbk).value();
  const auto utf8 = CharsetDecoder::open(Charset::utf8).value();
  std::string decoded;
  EXPECT_TRUE(gbk.decode("\xbf\xa7\xb7\xc8 1", decoded));
  EXPECT_EQ(decoded, "咖啡 1");
  EXPECT_FALSE(gbk.decode("1\xbf", decoded)) << "half a character";
  EXPECT_FALSE(gbk.decode("\xff\xff", decoded));
  EXPECT_TRUE(gbk.decode("plain", decoded)) << "it starts afresh";
  EXPECT_EQ(decoded, "plain");
  EXPECT_TRUE(utf8.decode("咖啡 ☕ 𝄞", decoded));
  EXPECT_EQ(decoded, "咖啡 ☕ 𝄞");
  for (const char* text : {"\xc0\xaf", "\xed\xa0\x80", "\xe5\x92", "\xff", "\xbf\xa7"})
    EXPECT_FALSE(utf8.decode(text, decoded)) << "overlong, surrogate, cut off, GBK";
}

// ── deflate ───────────────────────────────────────────────────────────────────────────────────────

Result<std::string> gunzipped(std::string_view packed, std::size_t piece_size, std::uint64_t limit) {
  InflateStream stream(InflateStream::Wrapper::gzip, limit);
  std::string text;
  while (!packed.empty()) {
    const auto taken = stream.feed(packed.substr(0, piece_size), [&](std::string_view piece) -> Result<void> {
      text += piece;
      return {};
    });
    if (!taken) return std::unexpected(taken.error());
    packed.remove_prefix(*taken);
    if (stream.ended()) break;
  }
  if (!stream.ended()) return fail(Code::statement_truncated, "", "");
  EXPECT_EQ(stream.bytes_unpacked(), text.size());
  return text;
}

TEST(InflateStream, UnpacksWhereverThePackedBytesAreCut) {
  std::string text;
  for (int i = 0; i < 40'000; ++i)
    text += std::to_string(i * 7919);
  const std::string packed = gzip_of(text);
  for (const std::size_t piece : {std::size_t{1}, std::size_t{1000}, packed.size()})
    EXPECT_EQ(gunzipped(packed, piece, 1 << 20).value(), text) << piece;
  EXPECT_EQ(gunzipped(gzip_of(""), 1, 0).value(), "");
}

TEST(InflateStream, RefusesDamageAndWhatIsTooLarge) {
  const std::string text(100'000, 'x');
  std::string packed = gzip_of(text);
  EXPECT_EQ(gunzipped(packed, 50, text.size()).value().size(), text.size());
  EXPECT_EQ(gunzipped(packed, 50, text.size() - 1).error().code, Code::statement_too_large);
  EXPECT_EQ(gunzipped(packed.substr(0, packed.size() - 1), 50, 1 << 20).error().code,
            Code::statement_truncated);
  EXPECT_EQ(gunzipped("no gzip at all", 50, 1 << 20).error().code, Code::statement_malformed);
  packed[packed.size() - 5] = static_cast<char>(packed[packed.size() - 5] ^ 1);
  EXPECT_EQ(gunzipped(packed, 50, 1 << 20).error().code, Code::statement_malformed) << "its checksum";
}

// A statement must not end in another error when it comes in other pieces.
TEST(InflateStream, HandsOnWhatPrecedesDamageHoweverThePackedBytesAreCut) {
  std::string packed = gzip_of("one line\nand another");
  packed[packed.size() - 5] = static_cast<char>(packed[packed.size() - 5] ^ 1);
  for (const std::size_t piece : {std::size_t{1}, std::size_t{5}, packed.size()}) {
    InflateStream stream(InflateStream::Wrapper::gzip, 1000);
    std::string text;
    const ByteSink sink = [&](std::string_view bytes) -> Result<void> {
      text += bytes;
      return {};
    };
    Result<std::size_t> taken = 0;
    for (std::string_view rest = packed; !rest.empty() && taken;
         rest.remove_prefix(std::min(piece, rest.size())))
      taken = stream.feed(rest.substr(0, piece), sink);
    ASSERT_FALSE(taken) << piece;
    EXPECT_EQ(text, "one line\nand another") << piece;
  }
}

// ── ZIP ───────────────────────────────────────────────────────────────────────────────────────────

class Contents final : public ZipVisitor {
 public:
  std::string seen;

 private:
  Result<void> begin_entry(std::string_view name, bool name_is_utf8) override {
    seen.append(name).append(name_is_utf8 ? "(utf8)=" : "=");
    return {};
  }
  Result<void> entry_bytes(std::string_view bytes) override {
    seen += bytes;
    return {};
  }
  Result<void> end_entry() override {
    seen += ";";
    return {};
  }
};

Result<std::string> unzipped(std::string_view bytes, std::size_t piece_size = 7,
                             std::uint64_t limit = 1 << 20) {
  Contents contents;
  ZipStream zip(contents, limit);
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece_size, bytes.size())))
    if (auto fed = zip.feed(bytes.substr(0, piece_size)); !fed) return std::unexpected(fed.error());
  if (auto whole = zip.finish(); !whole) return std::unexpected(whole.error());
  return contents.seen;
}

TEST(ZipStream, ReadsEntriesHoweverTheyWereWritten) {
  const std::vector<ZipEntry> entries = {
      {.name = "plain", .bytes = "one"},
      {.name = "stored", .bytes = "two", .is_deflated = false},
      {.name = "empty", .bytes = "", .is_deflated = false},
      {.name = "folder/", .bytes = "", .name_is_utf8 = true},
      {.name = "streamed", .bytes = "three", .has_descriptor = true},
      {.name = "bare", .bytes = "four", .has_descriptor = true, .has_descriptor_signature = false},
  };
  const std::string expected = "plain=one;stored=two;empty=;folder/(utf8)=;streamed=three;bare=four;";
  const std::string bytes = zip_of(entries);
  for (const std::size_t piece : {std::size_t{1}, std::size_t{2}, std::size_t{13}, bytes.size()})
    EXPECT_EQ(unzipped(bytes, piece).value(), expected) << piece;
}

TEST(ZipStream, ReadsSizesOf64Bits) {
  const std::vector<ZipEntry> entries = {
      {.name = "a", .bytes = "one", .is_zip64 = true},
      {.name = "b", .bytes = "two", .has_descriptor = true, .is_zip64 = true},
  };
  EXPECT_EQ(unzipped(zip_of(entries)).value(), "a=one;b=two;");
}

TEST(ZipStream, RefusesEveryTruncation) {
  const std::string bytes =
      zip_of({{.name = "a", .bytes = "one"}, {.name = "b", .bytes = "two", .has_descriptor = true}});
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto read = unzipped(std::string_view(bytes).substr(0, size));
    ASSERT_FALSE(read) << size;
    EXPECT_EQ(read.error().code, Code::statement_truncated) << size;
  }
  EXPECT_EQ(unzipped(bytes + "x").error().code, Code::statement_malformed);
}

// Whatever bit flips: never other contents than were packed.
TEST(ZipStream, EveryFlippedBitIsRefusedOrHarmless) {
  const std::string bytes = zip_of({{.name = "a", .bytes = "one and two and three"}});
  const std::string good = unzipped(bytes).value();
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    const auto read = unzipped(flipped);
    if (read) EXPECT_EQ(read->substr(read->find('=')), good.substr(good.find('='))) << bit;
  }
}

TEST(ZipStream, RefusesWhatItCannotRead) {
  EXPECT_EQ(unzipped("not a ZIP file").error().code, Code::statement_malformed);
  std::string encrypted = zip_of({{.name = "a", .bytes = "one"}});
  encrypted[6] = 1;
  EXPECT_EQ(unzipped(encrypted).error().detail, "the ZIP file is encrypted");
  std::string bzip2 = zip_of({{.name = "a", .bytes = "one"}});
  bzip2[8] = 12;
  EXPECT_EQ(unzipped(bzip2).error().detail, "the ZIP file is compressed in an unknown way");
  EXPECT_EQ(unzipped(zip_of({{.name = "a", .bytes = "x", .is_deflated = false, .has_descriptor = true}}))
                .error()
                .code,
            Code::statement_malformed);
  EXPECT_FALSE(unzipped(zip_of({{.name = "", .bytes = "one"}})));
}

TEST(ZipStream, CountsAllEntriesTogether) {
  const std::vector<ZipEntry> two = {{.name = "a", .bytes = std::string(600, 'x')},
                                     {.name = "b", .bytes = std::string(600, 'x'), .is_deflated = false}};
  EXPECT_TRUE(unzipped(zip_of(two), 7, 1200));
  EXPECT_EQ(unzipped(zip_of(two), 7, 1199).error().code, Code::statement_too_large);
  const std::vector<ZipEntry> many(static_cast<std::size_t>(ZipStream::kEntriesMax) + 1,
                                   {.name = "a", .bytes = ""});
  EXPECT_EQ(unzipped(zip_of(many)).error().code, Code::statement_too_large);
}

}  // namespace
}  // namespace payweir::wire
