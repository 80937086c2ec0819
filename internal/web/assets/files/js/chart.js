// Draws the figures of a Chart with ECharts and folds the table of the same figures away.
let loading;

function library(src) {
  loading ??= new Promise((done, fail) => {
    const script = document.createElement("script");
    script.src = src;
    script.onload = () => done(window.echarts);
    script.onerror = () => fail(new Error("echarts did not load"));
    document.head.append(script);
  });
  return loading;
}

const value = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export async function start(root) {
  const drawn = [];
  for (const figure of root.querySelectorAll("[data-chart]")) {
    const echarts = await library(figure.dataset.library);
    const data = JSON.parse(document.getElementById(figure.dataset.chart).textContent);
    const plot = figure.querySelector("[data-plot]");
    plot.hidden = false;
    figure.querySelector("[data-figures]").open = false;
    const chart = echarts.init(plot, null, { renderer: "canvas" });
    const show = () => chart.setOption(option(data), true);
    drawn.push(new Promise((done) => chart.on("finished", done)));
    show();
    new ResizeObserver(() => chart.resize()).observe(plot);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
  }
  await Promise.all(drawn);
}

function palette() {
  return ["--gz-blue-dot", "--gz-seal", "--gz-green-dot", "--gz-yellow-dot", "--gz-grey-dot"].map(value);
}

function option(d) {
  const ink = value("--gz-ink-2");
  const line = value("--gz-line");
  const text = { color: ink, fontFamily: value("--gz-sans"), fontSize: 12 };
  const unit = d.unit ? " " + d.unit : "";
  const base = {
    color: palette(),
    textStyle: text,
    animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    animationDuration: 300,
    // The default tooltip is HTML with style attributes, which the page's policy blocks.
    tooltip: { renderMode: "richText", trigger: d.kind === "pie" ? "item" : "axis", valueFormatter: (v) => (v == null ? "—" : v + unit) },
    legend: { show: d.series.length > 1 || d.kind === "pie", top: 0, left: 0, itemWidth: 12, itemHeight: 12, icon: "roundRect", textStyle: text },
  };
  return { ...base, ...(d.kind === "pie" ? shares(d, text) : axes(d, text, line)) };
}

function shares(d, text) {
  const values = d.series[0].values;
  return {
    series: [{
      type: "pie",
      radius: ["45%", "72%"],
      center: ["50%", "56%"],
      itemStyle: { borderColor: value("--gz-surface"), borderWidth: 2 },
      label: { ...text, formatter: "{b} {d}%" },
      data: d.labels.map((name, i) => ({ name, value: values[i] })),
    }],
  };
}

function axes(d, text, line) {
  const category = {
    type: "category",
    data: d.labels,
    inverse: d.kind === "lying",
    axisLine: { lineStyle: { color: line } },
    axisTick: { show: false },
    axisLabel: d.kind === "lying" ? { ...text, interval: 0 } : text, // every bar has its name
  };
  const amount = { type: "value", name: d.unit, nameTextStyle: { ...text, align: "right" }, splitLine: { lineStyle: { color: line } }, axisLabel: text };
  const lying = d.kind === "lying";
  if (lying) amount.name = "";
  return {
    grid: { left: 4, right: 16, top: d.series.length > 1 ? 56 : 32, bottom: 4, containLabel: true },
    xAxis: lying ? amount : category,
    yAxis: lying ? category : amount,
    series: d.series.map((s) => ({
      name: s.name,
      type: d.kind === "line" ? "line" : "bar",
      stack: d.kind === "stacked" ? "all" : undefined,
      data: s.values,
      symbolSize: 6,
      lineStyle: { width: 2.5 },
      barMaxWidth: 28,
      itemStyle: { ...(s.tone ? { color: value(`--gz-${s.tone}-dot`) } : {}), borderRadius: d.kind === "stacked" ? 0 : 2 },
    })),
  };
}
