namespace Deploy.Reporting;

/// <summary>The style sheet of report.html and of its pictures. What a colour says, a word, a shape or a dash pattern says too.</summary>
internal static class HtmlStyle
{
    public const string Sheet =
        """
        :root{color-scheme:light dark;--bg:#fff;--fg:#1c1e21;--soft:#5a6068;--line:#d4d7db;--dot:#9aa0a8;--truth:#0a7d33;--a:#1f5fd0;--b:#c2410c;--good:#0a7d33;--bad:#b3261e}
        @media (prefers-color-scheme:dark){:root{--bg:#16181b;--fg:#e6e8ea;--soft:#a5abb3;--line:#3a3e44;--dot:#6d737b;--truth:#5fd38a;--a:#7fb0ff;--b:#ff9d5c;--good:#5fd38a;--bad:#ff8a80}}
        *{box-sizing:border-box}
        body{font:16px/1.5 system-ui,sans-serif;background:var(--bg);color:var(--fg);max-width:76rem;margin:0 auto;padding:1rem;overflow-wrap:anywhere}
        h1{font-size:1.6rem;line-height:1.25;margin:.3rem 0 .6rem}
        h2{font-size:1.25rem;margin:2rem 0 .5rem;border-bottom:2px solid var(--line)}
        header ul{padding-left:1.2rem;margin:.5rem 0;font-size:.95rem}
        nav{display:flex;flex-wrap:wrap;gap:.2rem .9rem;font-size:.9rem;margin-top:.8rem}
        a{color:var(--a)}
        .verdict{display:inline-block;border:3px solid;border-radius:.4rem;padding:0 .6rem;font-weight:700;white-space:nowrap}
        .v-pass{color:var(--good)}.v-fail{color:var(--bad);border-style:double}.v-none{color:var(--soft);border-style:dashed}
        .scroll{overflow-x:auto;margin:.8rem 0 .2rem}
        table{border-collapse:collapse;font-size:.9rem;font-variant-numeric:tabular-nums;overflow-wrap:normal}
        caption{text-align:left;font-weight:600;padding:.2rem 0}
        th,td{border-bottom:1px solid var(--line);padding:.25rem .8rem .25rem 0;text-align:left;vertical-align:top}
        thead th{color:var(--soft);font-weight:600}
        tbody th{font-weight:500}
        td{white-space:nowrap}td.long{white-space:normal;min-width:16rem}
        .note{color:var(--soft);font-size:.9rem;margin:.2rem 0 .8rem}
        .grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,17rem),1fr));gap:1rem;margin:.8rem 0}
        figure{margin:.8rem 0;break-inside:avoid}
        .wide svg{max-width:48rem}
        .grid figure{margin:0;min-width:0}
        figcaption{font-size:.85rem;color:var(--soft)}
        svg{display:block;width:100%;height:auto;border:1px solid var(--line);border-radius:.3rem}
        svg line,svg polyline,svg path{fill:none}
        .dot{stroke:var(--dot);stroke-width:1.5;stroke-linecap:round}
        .truth{stroke:var(--truth);stroke-width:3.5;opacity:.75}
        .a{stroke:var(--a);stroke-width:2;stroke-dasharray:7 3}
        .b{stroke:var(--b);stroke-width:2;stroke-dasharray:2 2.5}
        .axis{stroke:var(--line);stroke-width:1}
        .limit{stroke:var(--b);stroke-width:2;stroke-dasharray:5 3}
        .bar{fill:var(--a)}.mark{fill:var(--b)}
        .t{fill:var(--fg);font:13px system-ui,sans-serif}.s{fill:var(--soft);font:12px system-ui,sans-serif}
        @media (max-width:40rem){body{padding:.7rem}h1{font-size:1.3rem}}
        @media print{body{max-width:none;font-size:10pt;padding:0}nav{display:none}.scroll{overflow:visible}table{font-size:8pt}td,td.long{white-space:normal;min-width:0}tr{break-inside:avoid}h2{break-after:avoid}.grid{grid-template-columns:repeat(3,1fr)}thead{display:table-header-group}}
        """;
}
