// `softmax-audit report` as a user meets it: what changed, and how large the page is.
#include "scripts/run_program.hpp"
#include "scripts/catch.hpp"

using namespace softmax_audit;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("cli / report --compare says what changed, on the terminal, as a page and as JSON") {
  const Folder folder;
  const std::string of = " --format f32 --lengths 2,10 --json ";
  REQUIRE(run("measure shifted" + of + folder.file("a.json")).code == 0);
  REQUIRE(run("measure kahan" + of + folder.file("b.json")).code == 0);
  std::filesystem::copy_file(folder.file("a.json"), folder.file("same.json"));
  const Run same = run("report --compare " + folder.file("a.json") + " " + folder.file("same.json"));
  CHECK(same.code == 0);
  CHECK_THAT(same.out, ContainsSubstring("Nothing changed: 0 verdicts and 20 accuracy cells are the same."));
  // Of one implementation each: whatever they are called.
  const std::string both = folder.file("a.json") + " " + folder.file("b.json");
  const Run other = run("report --compare " + both);
  CHECK(other.code == 0);
  CHECK_THAT(other.out, ContainsSubstring("got better") && ContainsSubstring("implementation     shifted -> kahan"));
  REQUIRE(run("report --compare " + both + " --html " + folder.file("c.html") + " --json " + folder.file("c.json") +
              " --text " + folder.file("c.txt"))
              .code == 0);
  CHECK_THAT(content(folder.file("c.html")),
             ContainsSubstring("<section id=\"comparison\">") && ContainsSubstring("got better"));
  CHECK_THAT(content(folder.file("c.txt")), ContainsSubstring("What changed") && ContainsSubstring("kahan scalar f32"));
  // Once written down it is shown again.
  const Run again = run("report " + folder.file("c.json") + " --html " + folder.file("again.html"));
  CHECK(again.code == 0);
  CHECK(content(folder.file("again.html")) == content(folder.file("c.html")));
  const std::string a = folder.file("a.json");
  is_refused("report", "--compare OLD.json NEW.json");
  is_refused("report --compare " + a, "--compare");
  is_refused("report --compare " + a + " " + a, "named twice");
  is_refused("report --compare " + a + " " + folder.file("none.json"), "cannot be read");
}

TEST_CASE("cli / the page of one subject stays below a megabyte, with a hundred thousand judged elements") {
  const Folder folder;
  const Run result = run("audit shifted --operation softmax --lengths 2,10,100,1000,10000 --out " + folder.file("out"));
  REQUIRE(result.code == 0);
  const std::string page = content(folder.file("out/report.html"));
  CHECK(page.size() < 1'000'000);
  const std::size_t at = page.find(" results were measured");
  REQUIRE(at != std::string::npos);
  std::string digits;
  for (std::size_t k = page.rfind(' ', at - 1); k < at; ++k)
    if (page[k] >= '0' && page[k] <= '9') digits += page[k];
  INFO(digits);
  CHECK(std::stoull(digits) >= 100'000);
  for (const char* section :
       {"id=\"matrix\"", "id=\"accuracy\"", "id=\"curves\"", "id=\"special\"", "Density of signed errors"})
    CHECK_THAT(page, ContainsSubstring(section));
}
