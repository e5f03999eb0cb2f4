<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>diagonal::AnswerListModel</name>
    <message>
        <source>own</source>
        <translation>自身</translation>
    </message>
    <message>
        <source>%1: answered %2, %3; its label %4, %5</source>
        <translation>%1：判为 %2，%3；其标签 %4，%5</translation>
    </message>
    <message>
        <source>The label may be wrong</source>
        <translation>标签可能有误</translation>
    </message>
</context>
<context>
    <name>diagonal::AugmentationSection</name>
    <message>
        <source>Augmentation</source>
        <translation>数据增强</translation>
    </message>
    <message>
        <source>A picture looks a little different each time.</source>
        <translation>每次看到的图片略有不同。</translation>
    </message>
    <message>
        <source>Quicker, where training waits for data.</source>
        <translation>训练等待数据时可加快读取。</translation>
    </message>
    <message>
        <source>Share of the picture that a random crop keeps; 1: no crops.</source>
        <translation>随机裁剪至少保留的图片比例；1 表示不裁剪。</translation>
    </message>
    <message>
        <source>Probability. Never where the caption says left or right.</source>
        <translation>概率。描述提到左右时从不镜像。</translation>
    </message>
    <message>
        <source>Strength for brightness, contrast, saturation.</source>
        <translation>亮度、对比度、饱和度的变化强度。</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Probability of a picture in grey.</source>
        <translation>图片变为灰度的概率。</translation>
    </message>
    <message>
        <source>never</source>
        <translation>从不</translation>
    </message>
    <message>
        <source>Probability of a blurred picture.</source>
        <translation>图片被模糊的概率。</translation>
    </message>
    <message>
        <source>One or two strong changes of each picture, drawn at random.</source>
        <translation>对每张图片随机施加一到两种较强的变化。</translation>
    </message>
</context>
<context>
    <name>diagonal::BarList</name>
    <message>
        <source>No label</source>
        <translation>无标签</translation>
    </message>
    <message>
        <source>Copy these numbers</source>
        <translation>复制这些数值</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>导出…</translation>
    </message>
</context>
<context>
    <name>diagonal::BarModel</name>
    <message>
        <source>%1: %2</source>
        <translation>%1：%2</translation>
    </message>
</context>
<context>
    <name>diagonal::BusyMark</name>
    <message>
        <source>Progress</source>
        <translation>进度</translation>
    </message>
</context>
<context>
    <name>diagonal::CalibrationView</name>
    <message>
        <source>Calibration</source>
        <translation>校准</translation>
    </message>
    <message>
        <source>Use the model&apos;s own again</source>
        <translation>恢复使用模型自带的温度</translation>
    </message>
    <message>
        <source>Tick Zero-shot and calibration: how sure the model is, is compared with how often it is right.</source>
        <translation>请勾选“零样本与校准”：比较模型的把握与它判对的频率。</translation>
    </message>
    <message>
        <source>model&apos;s □</source>
        <translation>模型 □</translation>
    </message>
    <message>
        <source>fitted ●</source>
        <translation>拟合 ●</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>温度</translation>
    </message>
    <message>
        <source>ECE</source>
        <translation>ECE</translation>
    </message>
    <message>
        <source>Log loss</source>
        <translation>对数损失</translation>
    </message>
    <message>
        <source>About right: its answers say %1 on average and are right %2 of the time.</source>
        <translation>基本准确：判断的平均把握为 %1，实际判对 %2。</translation>
    </message>
    <message>
        <source>Too sure: its answers say %1 on average and are right %2 of the time.</source>
        <translation>过于自信：判断的平均把握为 %1，实际判对 %2。</translation>
    </message>
    <message>
        <source>Not sure enough: its answers say %1 on average and are right %2 of the time.</source>
        <translation>不够自信：判断的平均把握为 %1，实际判对 %2。</translation>
    </message>
    <message>
        <source>In use: %1</source>
        <translation>使用中：%1</translation>
    </message>
    <message>
        <source>Use %1</source>
        <translation>使用 %1</translation>
    </message>
    <message>
        <source>Keep the fitted temperature beside the model; Label then uses it and says so</source>
        <translation>把拟合的温度保存在模型旁；标注面板会使用它并注明</translation>
    </message>
    <message>
        <source>Fitted on %1. Changes no answer, only how sure it is.</source>
        <translation>在%1上拟合。不改变任何判断，只改变把握的大小。</translation>
    </message>
    <message>
        <source>All answers are right, or too few pictures are left to fit a temperature on and to measure it.</source>
        <translation>所有回答都正确，或剩下的图片太少，无法拟合并测量温度。</translation>
    </message>
    <message numerus="yes">
        <source>zero-shot, %Ln answer(s)</source>
        <translation>
            <numerusform>零样本，%Ln 个回答</numerusform>
        </translation>
    </message>
    <message>
        <source>Its ECE is not better than with the model&apos;s own temperature</source>
        <translation>其 ECE 并不优于模型自身的温度</translation>
    </message>
    <message>
        <source>The fitted temperature is not better than the model&apos;s own: it is not kept.</source>
        <translation>拟合的温度并不优于模型自身的温度：不予保存。</translation>
    </message>
    <message>
        <source>Zero-shot</source>
        <translation>零样本</translation>
    </message>
    <message>
        <source>Probe, all</source>
        <translation>探针，全部</translation>
    </message>
    <message>
        <source>Whose probabilities</source>
        <translation>谁的概率</translation>
    </message>
    <message>
        <source>The first draw of the most pictures a class</source>
        <translation>每类图片最多时的第一次抽取</translation>
    </message>
    <message>
        <source>The linear probe, on all pictures to learn from</source>
        <translation>线性探针，使用全部可供学习的图片</translation>
    </message>
    <message>
        <source>Probe, %1</source>
        <comment>pictures a class</comment>
        <translation>探针，%1</translation>
    </message>
    <message>
        <source>Top-1</source>
        <translation>Top-1</translation>
    </message>
    <message numerus="yes">
        <source>probe, %Ln answer(s)</source>
        <translation>
            <numerusform>探针，%Ln 个回答</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The first draw of %Ln picture(s) a class.</source>
        <translation>
            <numerusform>每类 %Ln 张图片的第一次抽取。</numerusform>
        </translation>
    </message>
    <message>
        <source>The linear probe, on all pictures to learn from.</source>
        <translation>线性探针，使用全部可供学习的图片。</translation>
    </message>
</context>
<context>
    <name>diagonal::CaptionList</name>
    <message>
        <source>it has more than %1 texts</source>
        <translation>其中的文本超过 %1 条</translation>
    </message>
    <message>
        <source>Take a shorter list</source>
        <translation>请使用较短的列表</translation>
    </message>
    <message>
        <source>there is no text in it</source>
        <translation>其中没有文本</translation>
    </message>
    <message>
        <source>Write one text a line</source>
        <translation>请每行写一条文本</translation>
    </message>
    <message>
        <source>Reading captions</source>
        <translation>正在读取说明</translation>
    </message>
    <message>
        <source>Embedding captions</source>
        <translation>正在嵌入说明</translation>
    </message>
</context>
<context>
    <name>diagonal::CaptionsPanel</name>
    <message>
        <source>Captions</source>
        <translation>描述</translation>
    </message>
    <message>
        <source>one a line</source>
        <translation>每行一条</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Captions, one a line</source>
        <translation>描述，每行一条</translation>
    </message>
    <message>
        <source>a red circle
a small blue square</source>
        <translation>a red circle
a small blue square</translation>
    </message>
    <message>
        <source>Each line is its image&apos;s caption</source>
        <translation>每行是对应图片的描述</translation>
    </message>
    <message numerus="yes">
        <source>%Ln images</source>
        <translation>
            <numerusform>%Ln 张图片</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln captions</source>
        <translation>
            <numerusform>%Ln 条描述</numerusform>
        </translation>
    </message>
    <message>
        <source>Needs as many captions as images</source>
        <translation>描述数须与图片数相同</translation>
    </message>
</context>
<context>
    <name>diagonal::CellCard</name>
    <message>
        <source>Cosine</source>
        <translation>余弦</translation>
    </message>
    <message>
        <source>Logit</source>
        <translation>Logit</translation>
    </message>
    <message>
        <source>Row</source>
        <translation>行</translation>
    </message>
    <message>
        <source>Column</source>
        <translation>列</translation>
    </message>
    <message>
        <source>Ranks</source>
        <translation>排名</translation>
    </message>
</context>
<context>
    <name>diagonal::ChooserView</name>
    <message>
        <source>Compare</source>
        <translation>比较</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Export CSV…</source>
        <translation>导出 CSV…</translation>
    </message>
    <message>
        <source>Which model is best for your pictures?</source>
        <translation>哪个模型最适合您的图片？</translation>
    </message>
    <message>
        <source>Each model looks for the picture of a caption among all pictures, and for a caption of each picture.</source>
        <translation>每个模型在所有图片中为描述寻找对应的图片，并为每张图片寻找描述。</translation>
    </message>
    <message>
        <source>Pictures with captions: a folder, a CSV file, shards…</source>
        <translation>带描述的图片：文件夹、CSV 文件、分片…</translation>
    </message>
    <message>
        <source>Pictures with captions</source>
        <translation>带描述的图片</translation>
    </message>
    <message>
        <source>As for training: a folder of Flickr8k, COCO or captioned images, a CSV or TSV file with a column for the picture and one for the caption, WebDataset shards, or scenes:count=500</source>
        <translation>与训练时相同：Flickr8k、COCO 或带描述图像的文件夹，含图片列和描述列的 CSV 或 TSV 文件，WebDataset 分片，或 scenes:count=500</translation>
    </message>
    <message>
        <source>File…</source>
        <translation>文件…</translation>
    </message>
    <message>
        <source>Folder…</source>
        <translation>文件夹…</translation>
    </message>
    <message>
        <source>At most</source>
        <translation>最多</translation>
    </message>
    <message>
        <source>all pictures</source>
        <translation>全部图片</translation>
    </message>
    <message>
        <source> pictures</source>
        <translation> 张图片</translation>
    </message>
    <message>
        <source>At most so many pictures</source>
        <translation>最多使用的图片数</translation>
    </message>
    <message>
        <source>The same ones for each model, drawn by a hash of their names; 0 takes all</source>
        <translation>各模型使用相同的图片，按名称的哈希抽取；0 表示全部</translation>
    </message>
    <message>
        <source>Check the models to compare, and choose pictures with captions</source>
        <translation>勾选要比较的模型，并选择带描述的图片</translation>
    </message>
    <message>
        <source>Recall against time</source>
        <translation>召回率与时间</translation>
    </message>
    <message>
        <source>◆ no other model here is both better and quicker</source>
        <translation>◆ 这里没有其他模型既更好又更快</translation>
    </message>
    <message>
        <source>The table, for a spreadsheet</source>
        <translation>用于电子表格的表格</translation>
    </message>
    <message numerus="yes">
        <source>%Ln picture(s) could not be read and do not count, the first: %1</source>
        <translation>
            <numerusform>%Ln 张图片无法读取，不计入结果，第一张：%1</numerusform>
        </translation>
    </message>
    <message>
        <source>The models are compared</source>
        <translation>模型比较已完成</translation>
    </message>
    <message>
        <source>Looking for pictures</source>
        <translation>正在查找图片</translation>
    </message>
    <message>
        <source>%1 of %2 pictures and captions</source>
        <translation>%1/%2 张图片和条描述</translation>
    </message>
    <message>
        <source> · %1 left</source>
        <translation> · 剩余 %1</translation>
    </message>
    <message>
        <source>Stopping</source>
        <translation>正在停止</translation>
    </message>
    <message>
        <source>Check a model first</source>
        <translation>请先勾选模型</translation>
    </message>
    <message>
        <source>Choose pictures with captions first</source>
        <translation>请先选择带描述的图片</translation>
    </message>
    <message>
        <source>%1 pictures with %2 captions, on %3, %4. Recall in per cent; times are those of the warm model in batches, without reading files.</source>
        <translation>%1 张图片，%2 条描述，设备 %3，%4。召回率以百分比表示；时间为模型预热后成批计算所需，不含读取文件。</translation>
    </message>
    <message>
        <source>Captions (*.csv *.tsv *.txt *.json *.jsonl *.token *.tar);;All files (*)</source>
        <translation>描述 (*.csv *.tsv *.txt *.json *.jsonl *.token *.tar);;所有文件 (*)</translation>
    </message>
    <message>
        <source>The table is in the clipboard</source>
        <translation>表格已复制到剪贴板</translation>
    </message>
    <message>
        <source>Export the comparison</source>
        <translation>导出比较结果</translation>
    </message>
    <message>
        <source>Recall and time then stand here side by side. Nothing is downloaded.</source>
        <translation>召回率和时间随后并列显示在这里。不会下载任何内容。</translation>
    </message>
    <message>
        <source>CSV</source>
        <translation>CSV</translation>
    </message>
</context>
<context>
    <name>diagonal::ClassPage</name>
    <message>
        <source>Classes</source>
        <translation>类别</translation>
    </message>
</context>
<context>
    <name>diagonal::ClassTableModel</name>
    <message>
        <source>%1 (%2)</source>
        <comment>class, count</comment>
        <translation>%1（%2）</translation>
    </message>
    <message>
        <source>Class</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>Right</source>
        <translation>判对</translation>
    </message>
    <message>
        <source>Answered</source>
        <translation>判为此类</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>精确率</translation>
    </message>
    <message>
        <source>Most taken for</source>
        <translation>最常被误认为</translation>
    </message>
</context>
<context>
    <name>diagonal::ColourLegend</name>
    <message>
        <source>Colours</source>
        <translation>配色</translation>
    </message>
    <message>
        <source>from %1 to %2</source>
        <translation>从 %1 到 %2</translation>
    </message>
</context>
<context>
    <name>diagonal::CompareDetail</name>
    <message>
        <source>Probabilities of both sides</source>
        <translation>两边的概率</translation>
    </message>
    <message>
        <source>Copy both rankings</source>
        <translation>复制两边的排名</translation>
    </message>
    <message>
        <source>Not compared yet</source>
        <translation>尚未比较</translation>
    </message>
    <message>
        <source>Both say “%1”</source>
        <translation>两边都给出“%1”</translation>
    </message>
    <message>
        <source>“%1” on the left, “%2” on the right</source>
        <translation>左边为“%1”，右边为“%2”</translation>
    </message>
    <message>
        <source>Label</source>
        <translation>标签</translation>
    </message>
</context>
<context>
    <name>diagonal::CompareSession</name>
    <message>
        <source>Comparing</source>
        <translation>正在比较</translation>
    </message>
    <message>
        <source>not compared</source>
        <translation>未比较</translation>
    </message>
    <message>
        <source>Exporting</source>
        <translation>正在导出</translation>
    </message>
</context>
<context>
    <name>diagonal::CompareSource</name>
    <message>
        <source>Prompt to compare with</source>
        <translation>用于比较的提示词</translation>
    </message>
    <message>
        <source>Choose a prompt</source>
        <translation>选择提示词</translation>
    </message>
    <message>
        <source>Model to compare with</source>
        <translation>用于比较的模型</translation>
    </message>
    <message>
        <source>Choose a model</source>
        <translation>选择模型</translation>
    </message>
    <message>
        <source>Another prompt</source>
        <translation>另一提示词</translation>
    </message>
    <message>
        <source>Another model</source>
        <translation>另一模型</translation>
    </message>
    <message>
        <source>The same model reads the labels in another sentence: pictures need not be read anew</source>
        <translation>同一模型把标签放进另一个句子：无需重新读取图片</translation>
    </message>
    <message>
        <source>Another model looks at the same pictures, with the same labels and prompt</source>
        <translation>另一模型以相同的标签和提示词查看相同的图片</translation>
    </message>
    <message>
        <source>What differs</source>
        <translation>两边的不同之处</translation>
    </message>
    <message>
        <source>Template to compare with; {} stands for the label</source>
        <translation>用于比较的模板；{} 代表标签</translation>
    </message>
    <message>
        <source>Labels as written</source>
        <translation>原样使用标签</translation>
    </message>
    <message>
        <source>Own template</source>
        <translation>自己的模板</translation>
    </message>
    <message>
        <source>Demo model</source>
        <translation>演示模型</translation>
    </message>
    <message>
        <source>Open a model file…</source>
        <translation>打开模型文件…</translation>
    </message>
    <message>
        <source>Open a model folder…</source>
        <translation>打开模型文件夹…</translation>
    </message>
    <message>
        <source>Write a sentence with {} where the label goes</source>
        <translation>请写一个句子，用 {} 表示标签的位置</translation>
    </message>
    <message>
        <source>There is no {} where the label goes</source>
        <translation>缺少表示标签位置的 {}</translation>
    </message>
    <message>
        <source>Open a model</source>
        <translation>打开模型</translation>
    </message>
    <message>
        <source>Models (*.pt *.pth *.bin *.safetensors *config.json *.index.json);;All files (*)</source>
        <translation>模型 (*.pt *.pth *.bin *.safetensors *config.json *.index.json);;所有文件 (*)</translation>
    </message>
    <message>
        <source>Open a model: a folder of open_clip or Hugging Face, or a run</source>
        <translation>打开模型：open_clip 或 Hugging Face 的文件夹，或一次训练</translation>
    </message>
    <message>
        <source>There is no set of prompts “%1” any more</source>
        <translation>提示词集“%1”已不存在</translation>
    </message>
</context>
<context>
    <name>diagonal::CompareView</name>
    <message>
        <source>labels as written</source>
        <translation>原样使用标签</translation>
    </message>
    <message numerus="yes">
        <source>%Ln template(s)</source>
        <translation>
            <numerusform>%Ln 个模板</numerusform>
        </translation>
    </message>
    <message>
        <source>%1%</source>
        <comment>share</comment>
        <translation>%1%</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Export comparison…</source>
        <translation>导出比较结果…</translation>
    </message>
    <message>
        <source>Compare with labels as written</source>
        <translation>与原样标签比较</translation>
    </message>
    <message>
        <source>Compare with another model…</source>
        <translation>与另一模型比较…</translation>
    </message>
    <message numerus="yes">
        <source>Comparison of %Ln image(s) written to %1</source>
        <translation>
            <numerusform>已将 %Ln 张图片的比较结果写入 %1</numerusform>
        </translation>
    </message>
    <message>
        <source>Left</source>
        <translation>左</translation>
    </message>
    <message>
        <source>Right</source>
        <translation>右</translation>
    </message>
    <message>
        <source>Copy the selected rows, all where none is selected</source>
        <translation>复制所选行；未选择时复制全部</translation>
    </message>
    <message>
        <source>All pictures as CSV, disagreements first</source>
        <translation>将全部图片导出为 CSV，不一致的在前</translation>
    </message>
    <message>
        <source>Compared pictures</source>
        <translation>比较的图片</translation>
    </message>
    <message>
        <source>Copy rows</source>
        <translation>复制行</translation>
    </message>
    <message>
        <source>All</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>Disagree</source>
        <translation>不一致</translation>
    </message>
    <message>
        <source>Agree</source>
        <translation>一致</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>Which pictures are shown</source>
        <translation>显示哪些图片</translation>
    </message>
    <message>
        <source>Opening %1…</source>
        <translation>正在打开 %1…</translation>
    </message>
    <message>
        <source>Nothing is compared yet</source>
        <translation>尚未比较任何图片</translation>
    </message>
    <message numerus="yes">
        <source>The two agree on %1 of %Ln picture(s) (%2)</source>
        <translation>
            <numerusform>%Ln 张图片中两边有 %1 张一致（%2）</numerusform>
        </translation>
    </message>
    <message>
        <source>mean distance %1</source>
        <translation>平均距离 %1</translation>
    </message>
    <message numerus="yes">
        <source>%Ln to come</source>
        <translation>
            <numerusform>%Ln 张待比较</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln failed</source>
        <translation>
            <numerusform>%Ln 张失败</numerusform>
        </translation>
    </message>
    <message>
        <source>Distance: half the sum of the differences of all probabilities; 0 for equal ones, 1 for nothing in common</source>
        <translation>距离：所有概率之差的总和的一半；完全相同为 0，毫无共同之处为 1</translation>
    </message>
    <message>
        <source>No model is open</source>
        <translation>没有打开的模型</translation>
    </message>
    <message>
        <source>%1 · %2</source>
        <comment>model and prompt</comment>
        <translation>%1 · %2</translation>
    </message>
    <message>
        <source>%1 of memory while it is compared · temperature %2</source>
        <translation>比较期间占用 %1 内存 · 温度 %2</translation>
    </message>
    <message>
        <source>Opening…</source>
        <translation>正在打开…</translation>
    </message>
    <message numerus="yes">
        <source>%Ln template(s), averaged</source>
        <translation>
            <numerusform>%Ln 个模板，取平均</numerusform>
        </translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Stopped: %1 of %2 pictures are compared</source>
        <translation>已停止：已比较 %2 张图片中的 %1 张</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Write labels to compare with</source>
        <translation>请先写标签再比较</translation>
    </message>
    <message>
        <source>Without labels there is nothing to disagree on.</source>
        <translation>没有标签就无从比较。</translation>
    </message>
    <message>
        <source>Compare two prompts, or two models</source>
        <translation>比较两种提示词或两个模型</translation>
    </message>
    <message>
        <source>Both label the same pictures; what they disagree on most comes first.</source>
        <translation>两边标注相同的图片，分歧最大的排在最前。</translation>
    </message>
    <message>
        <source>Error: %1</source>
        <translation>错误：%1</translation>
    </message>
    <message>
        <source>Export comparison</source>
        <translation>导出比较结果</translation>
    </message>
    <message>
        <source>CSV</source>
        <translation>CSV</translation>
    </message>
</context>
<context>
    <name>diagonal::ComparedPanel</name>
    <message>
        <source>Add the models, checkpoints of a run and prompt sets to compare.</source>
        <translation>请添加要比较的模型、训练的检查点和提示集。</translation>
    </message>
    <message>
        <source>Compared</source>
        <translation>比较对象</translation>
    </message>
    <message>
        <source>Add…</source>
        <translation>添加…</translation>
    </message>
    <message>
        <source>Demo model</source>
        <translation>演示模型</translation>
    </message>
    <message>
        <source>%1, step %2</source>
        <translation>%1，第 %2 步</translation>
    </message>
    <message>
        <source>the run has no checkpoint yet</source>
        <translation>该训练还没有检查点</translation>
    </message>
    <message>
        <source>Prompts of %1</source>
        <translation>%1 的提示</translation>
    </message>
    <message>
        <source>Open a model file…</source>
        <translation>打开模型文件…</translation>
    </message>
    <message>
        <source>Open a model</source>
        <translation>打开模型</translation>
    </message>
    <message>
        <source>Models (*.pt *.pth *.bin *.safetensors *config.json *.index.json);;All files (*)</source>
        <translation>模型 (*.pt *.pth *.bin *.safetensors *config.json *.index.json);;所有文件 (*)</translation>
    </message>
    <message>
        <source>Open a model folder…</source>
        <translation>打开模型文件夹…</translation>
    </message>
    <message>
        <source>Checkpoints of a run…</source>
        <translation>训练的检查点…</translation>
    </message>
    <message>
        <source>Checkpoints of a run</source>
        <translation>训练的检查点</translation>
    </message>
    <message>
        <source>Add “%1”</source>
        <translation>添加“%1”</translation>
    </message>
    <message>
        <source>Own template…</source>
        <translation>自己的模板…</translation>
    </message>
    <message>
        <source>Remove “%1”</source>
        <translation>移除“%1”</translation>
    </message>
    <message>
        <source>Remove the model</source>
        <translation>移除该模型</translation>
    </message>
    <message>
        <source>Own template</source>
        <translation>自己的模板</translation>
    </message>
    <message>
        <source>A sentence with {} where the class goes</source>
        <translation>写一个句子，用 {} 表示类别的位置</translation>
    </message>
    <message>
        <source>there is no {} where the class goes</source>
        <translation>缺少表示类别位置的 {}</translation>
    </message>
</context>
<context>
    <name>diagonal::ComparisonDelegate</name>
    <message>
        <source>To come</source>
        <translation>待比较</translation>
    </message>
    <message>
        <source>Agree</source>
        <translation>一致</translation>
    </message>
    <message>
        <source>Disagree</source>
        <translation>不一致</translation>
    </message>
</context>
<context>
    <name>diagonal::ComparisonModel</name>
    <message>
        <source>%1: %2</source>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>%1, not compared yet</source>
        <translation>%1，尚未比较</translation>
    </message>
    <message>
        <source>%1: both say %2 (%3 and %4), distance %5</source>
        <translation>%1：两边都给出 %2（%3 和 %4），距离 %5</translation>
    </message>
    <message>
        <source>%1: %2 (%3) against %4 (%5), distance %6</source>
        <translation>%1：%2（%3）对 %4（%5），距离 %6</translation>
    </message>
    <message>
        <source>Picture</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>Distance</source>
        <translation>距离</translation>
    </message>
    <message>
        <source>No label</source>
        <translation>无标签</translation>
    </message>
</context>
<context>
    <name>diagonal::ConfusionMatrix</name>
    <message>
        <source>Labels by answers</source>
        <translation>标签与判断</translation>
    </message>
    <message>
        <source>%1, answered %2: %3 of %4 (%5)</source>
        <translation>%1，判为 %2：%4 张中的 %3 张（%5）</translation>
    </message>
    <message>
        <source>Right</source>
        <translation>判对</translation>
    </message>
    <message>
        <source>of</source>
        <comment>number of all</comment>
        <translation>共</translation>
    </message>
</context>
<context>
    <name>diagonal::ConfusionModel</name>
    <message>
        <source>No label</source>
        <translation>无标签</translation>
    </message>
    <message>
        <source>Folder “%1”, labelled “%2”: %3 of %4 (%5)</source>
        <translation>文件夹“%1”，标注为“%2”：%4 张中的 %3 张（%5）</translation>
    </message>
    <message>
        <source>Labelled “%1”</source>
        <translation>标注为“%1”</translation>
    </message>
    <message numerus="yes">
        <source>Folder “%1”: %Ln picture(s)</source>
        <translation>
            <numerusform>文件夹“%1”：%Ln 张图片</numerusform>
        </translation>
    </message>
    <message>
        <source>True label</source>
        <translation>真实标签</translation>
    </message>
</context>
<context>
    <name>diagonal::ConfusionPage</name>
    <message>
        <source>Most confused</source>
        <translation>最易混淆</translation>
    </message>
    <message>
        <source>Right, share of its row</source>
        <translation>判对，占该行的比例</translation>
    </message>
    <message>
        <source>Wrong</source>
        <translation>判错</translation>
    </message>
    <message>
        <source>15% and more</source>
        <translation>15% 及以上</translation>
    </message>
    <message>
        <source>Rows: the label. Columns: the answer</source>
        <translation>行：标签。列：判断</translation>
    </message>
    <message numerus="yes">
        <source>Rows: the label. Columns: the answer. %Ln class(es) with the fewest mistakes left out</source>
        <translation>
            <numerusform>行：标签。列：回答。错误最少的 %Ln 个类别已略去</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>diagonal::ConfusionView</name>
    <message>
        <source>True labels by given labels</source>
        <translation>真实标签与标注结果</translation>
    </message>
    <message>
        <source>Copy matrix</source>
        <translation>复制矩阵</translation>
    </message>
    <message>
        <source>Export matrix…</source>
        <translation>导出矩阵…</translation>
    </message>
</context>
<context>
    <name>diagonal::ConvertDialog</name>
    <message>
        <source>Convert</source>
        <translation>转换</translation>
    </message>
    <message>
        <source>Convert a model</source>
        <translation>转换模型</translation>
    </message>
    <message>
        <source>Convert %1</source>
        <translation>转换 %1</translation>
    </message>
    <message>
        <source>open_clip folder</source>
        <translation>open_clip 文件夹</translation>
    </message>
    <message>
        <source>For open_clip in Python, Diagonal, and uploads to the Hugging Face hub</source>
        <translation>用于 Python 的 open_clip、Diagonal，以及上传到 Hugging Face Hub</translation>
    </message>
    <message>
        <source>Hugging Face folder</source>
        <translation>Hugging Face 文件夹</translation>
    </message>
    <message>
        <source>For transformers: CLIPModel or SiglipModel</source>
        <translation>用于 transformers：CLIPModel 或 SiglipModel</translation>
    </message>
    <message>
        <source>OpenAI state dict</source>
        <translation>OpenAI 状态字典</translation>
    </message>
    <message>
        <source>One file, model.pt, that clip.load of OpenAI&apos;s own package takes; towers of OpenAI&apos;s kinds alone</source>
        <translation>单个文件 model.pt，可由 OpenAI 官方包的 clip.load 读取；仅限 OpenAI 所用类型的塔</translation>
    </message>
    <message>
        <source>New folder</source>
        <translation>新文件夹</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>The result is read back and fed the same images and texts as the original. This window can be closed: the conversion goes on among the jobs.</source>
        <translation>转换结果会重新读取，并输入与原模型相同的图片和文本。可以关闭此窗口：转换会作为任务继续进行。</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Open the folder</source>
        <translation>打开文件夹</translation>
    </message>
    <message>
        <source>Use it</source>
        <translation>使用此模型</translation>
    </message>
    <message>
        <source>Choose an empty folder</source>
        <translation>选择空文件夹</translation>
    </message>
    <message>
        <source>Give the whole path of the folder</source>
        <translation>请指定文件夹的完整路径</translation>
    </message>
    <message>
        <source>There is something in this folder already. Choose a new or an empty one</source>
        <translation>此文件夹中已有内容。请选择新文件夹或空文件夹</translation>
    </message>
    <message>
        <source>Converting %1</source>
        <translation>转换 %1</translation>
    </message>
    <message>
        <source>Reading</source>
        <translation>正在读取</translation>
    </message>
    <message>
        <source>Stopping</source>
        <translation>正在停止</translation>
    </message>
    <message>
        <source>Step %1 of %2</source>
        <translation>第 %1 步，共 %2 步</translation>
    </message>
    <message>
        <source>The result gives the same numbers</source>
        <translation>转换结果的输出数值完全相同</translation>
    </message>
    <message>
        <source>Logits differ by %1 at most</source>
        <translation>Logit 最多相差 %1</translation>
    </message>
    <message>
        <source>Both were fed the same images and texts; the largest logit among them is %1. %2 is written.</source>
        <translation>两者输入了相同的图片和文本；其中最大的 logit 为 %1。已写入 %2。</translation>
    </message>
    <message>
        <source>%1 is converted: %2</source>
        <translation>%1 已转换：%2</translation>
    </message>
    <message>
        <source>Choose a folder</source>
        <translation>请选择文件夹</translation>
    </message>
    <message>
        <source>Looking at the folder…</source>
        <translation>正在查看文件夹…</translation>
    </message>
</context>
<context>
    <name>diagonal::Curves</name>
    <message>
        <source>Step</source>
        <translation>步数</translation>
    </message>
    <message>
        <source>Samples</source>
        <translation>样本</translation>
    </message>
    <message>
        <source>Epoch</source>
        <translation>轮次</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Smoothing</source>
        <translation>平滑</translation>
    </message>
    <message>
        <source>%1 steps</source>
        <translation>%1 步</translation>
    </message>
    <message>
        <source>Log scale</source>
        <translation>对数刻度</translation>
    </message>
    <message>
        <source>Across</source>
        <translation>横轴</translation>
    </message>
    <message>
        <source>Contrastive loss</source>
        <translation>对比损失</translation>
    </message>
    <message>
        <source>image-to-text</source>
        <translation>图到文</translation>
    </message>
    <message>
        <source>text-to-image</source>
        <translation>文到图</translation>
    </message>
    <message>
        <source>validation</source>
        <translation>验证</translation>
    </message>
    <message>
        <source>distillation</source>
        <translation>蒸馏</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>温度</translation>
    </message>
    <message>
        <source>%1  scale %2</source>
        <translation>%1  缩放 %2</translation>
    </message>
    <message>
        <source>Recall</source>
        <translation>召回率</translation>
    </message>
    <message>
        <source>step</source>
        <translation>步</translation>
    </message>
    <message>
        <source>sample</source>
        <translation>样本</translation>
    </message>
    <message>
        <source>epoch</source>
        <translation>轮次</translation>
    </message>
    <message>
        <source>minute</source>
        <translation>分钟</translation>
    </message>
    <message>
        <source>@1</source>
        <translation>@1</translation>
    </message>
    <message>
        <source>@5</source>
        <translation>@5</translation>
    </message>
    <message>
        <source>@10</source>
        <translation>@10</translation>
    </message>
    <message>
        <source>top-1</source>
        <translation>top-1</translation>
    </message>
    <message>
        <source>chance: ln %1 = %2</source>
        <translation>随机水平：ln %1 = %2</translation>
    </message>
    <message>
        <source>checkpoint at step %1</source>
        <translation>第 %1 步的检查点</translation>
    </message>
    <message>
        <source>resumed</source>
        <translation>已恢复</translation>
    </message>
    <message>
        <source>Sigmoid loss</source>
        <translation>Sigmoid 损失</translation>
    </message>
    <message>
        <source>Soft-target loss</source>
        <translation>软目标损失</translation>
    </message>
    <message>
        <source>Temperature, fixed</source>
        <translation>温度（固定）</translation>
    </message>
    <message>
        <source>clamp: %1</source>
        <translation>上限：%1</translation>
    </message>
    <message>
        <source>start: T %1</source>
        <translation>起始：T %1</translation>
    </message>
    <message>
        <source>batch of step %1 left out</source>
        <translation>第 %1 步的批次已舍弃</translation>
    </message>
    <message>
        <source>best</source>
        <translation>最佳</translation>
    </message>
    <message>
        <source>Mutual-target loss</source>
        <translation>互目标损失</translation>
    </message>
    <message>
        <source>kNN</source>
        <translation>k 近邻</translation>
    </message>
    <message>
        <source>probe</source>
        <translation>探针</translation>
    </message>
</context>
<context>
    <name>diagonal::DataField</name>
    <message>
        <source>Choose for %1</source>
        <translation>为“%1”选择</translation>
    </message>
    <message>
        <source>A folder…</source>
        <translation>文件夹…</translation>
    </message>
    <message>
        <source>A file…</source>
        <translation>文件…</translation>
    </message>
    <message>
        <source>Data (*.csv *.tsv *.txt *.json *.jsonl *.tar);;All files (*)</source>
        <translation>数据 (*.csv *.tsv *.txt *.json *.jsonl *.tar);;所有文件 (*)</translation>
    </message>
</context>
<context>
    <name>diagonal::DataPage</name>
    <message>
        <source>What should the model learn from?</source>
        <translation>模型从什么数据学习？</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>数据</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>A folder…</source>
        <translation>文件夹…</translation>
    </message>
    <message>
        <source>Data to train on</source>
        <translation>训练数据</translation>
    </message>
    <message>
        <source>Use scenes instead</source>
        <translation>改用场景</translation>
    </message>
    <message>
        <source>Scenes</source>
        <translation>场景</translation>
    </message>
    <message>
        <source>Drawn as they are needed.</source>
        <translation>按需绘制。</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>随机种子</translation>
    </message>
    <message>
        <source>Equal seeds, equal scenes.</source>
        <translation>种子相同，场景相同。</translation>
    </message>
    <message>
        <source>Image column</source>
        <translation>图片列</translation>
    </message>
    <message>
        <source>Caption column</source>
        <translation>描述列</translation>
    </message>
    <message>
        <source>Show others</source>
        <translation>换一批</translation>
    </message>
    <message>
        <source>Sample</source>
        <translation>样例</translation>
    </message>
    <message>
        <source>cannot be read yet</source>
        <translation>暂时无法读取</translation>
    </message>
    <message numerus="yes">
        <source>%1, %Ln images</source>
        <translation>
            <numerusform>%1，%Ln 张图片</numerusform>
        </translation>
    </message>
    <message>
        <source>no data was given</source>
        <translation>未提供数据</translation>
    </message>
    <message>
        <source>Choose a folder or file, or use scenes.</source>
        <translation>请选择文件夹或文件，或使用场景。</translation>
    </message>
    <message>
        <source>Looking at the data…</source>
        <translation>正在查看数据…</translation>
    </message>
    <message>
        <source>Looking at the data</source>
        <translation>查看数据</translation>
    </message>
    <message>
        <source>%1 images with %2 captions</source>
        <translation>%1 张图片，%2 条描述</translation>
    </message>
    <message>
        <source>coloured shapes drawn by Diagonal; a fifth of the combinations is held out for validation</source>
        <translation>由 Diagonal 绘制的彩色形状；五分之一的组合留作验证</translation>
    </message>
    <message>
        <source>recognised, %1</source>
        <translation>已识别，%1</translation>
    </message>
    <message>
        <source>%1 of %2 images, each with one of its captions</source>
        <translation>%2 张图片中的 %1 张，各附一条描述</translation>
    </message>
    <message>
        <source>checking the images…</source>
        <translation>正在检查图片…</translation>
    </message>
    <message>
        <source>Checking images</source>
        <translation>检查图片</translation>
    </message>
    <message>
        <source>not all images were checked</source>
        <translation>部分图片未检查</translation>
    </message>
    <message>
        <source>Guess by name</source>
        <translation>按列名推测</translation>
    </message>
    <message>
        <source>Pictures with captions, or in folders named after what they show. Drop them here, or choose them: class folders, CSV, Flickr8k, metadata.jsonl of Hugging Face, JSON of COCO or Karpathy, tar shards, packed data. Without any, Diagonal draws scenes of coloured shapes.</source>
        <translation>带描述的图片，或按内容命名的文件夹中的图片。拖放到此处或选择：类别文件夹、CSV、Flickr8k、Hugging Face 的 metadata.jsonl、COCO 或 Karpathy 的 JSON、tar 分片、打包数据。没有数据时，Diagonal 会绘制彩色形状的场景。</translation>
    </message>
    <message>
        <source>A text with {} where the class stands, the name of a set (photos), or a file with one a line. A picture gets another of them each time.</source>
        <translation>以 {} 代表类别的文本、模板集名称（photos），或每行一条的文件。每次为图片换用其中一条。</translation>
    </message>
    <message>
        <source>A file…</source>
        <translation>文件…</translation>
    </message>
    <message>
        <source>Data (*.csv *.tsv *.txt *.json *.jsonl *.tar);;All files (*)</source>
        <translation>数据 (*.csv *.tsv *.txt *.json *.jsonl *.tar);;所有文件 (*)</translation>
    </message>
    <message>
        <source>Captions and order</source>
        <translation>说明与顺序</translation>
    </message>
    <message>
        <source>Which of an image&apos;s captions an epoch shows, where there are several.</source>
        <translation>图片有多条说明时，每轮显示哪一条。</translation>
    </message>
    <message>
        <source>Images. Data is read in its order and drawn from this buffer: for disks that are slow to seek.</source>
        <translation>图片数。数据按顺序读取，并从此缓冲区中随机抽取：适合寻道较慢的磁盘。</translation>
    </message>
    <message>
        <source>none: any order</source>
        <translation>无：任意顺序</translation>
    </message>
</context>
<context>
    <name>diagonal::DataPanel</name>
    <message>
        <source>images</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>captions</source>
        <translation>描述</translation>
    </message>
    <message>
        <source>captions an image</source>
        <translation>每图描述数</translation>
    </message>
    <message>
        <source>unreadable files</source>
        <translation>无法读取的文件</translation>
    </message>
    <message>
        <source>missing images</source>
        <translation>缺失的图片</translation>
    </message>
    <message>
        <source>words in use</source>
        <translation>使用的词</translation>
    </message>
    <message>
        <source>Words a caption</source>
        <translation>每条描述的词数</translation>
    </message>
    <message>
        <source>Worth a look</source>
        <translation>值得留意</translation>
    </message>
    <message>
        <source>%1 more like these</source>
        <translation>另有 %1 条类似内容</translation>
    </message>
    <message>
        <source>Several captions for an image: a batch takes one of them at a time.</source>
        <translation>一张图片有多条描述：每个批次取其中一条。</translation>
    </message>
    <message>
        <source>Nothing stands out.</source>
        <translation>没有需要留意的内容。</translation>
    </message>
    <message numerus="yes">
        <source>%Ln caption(s)</source>
        <translation>
            <numerusform>%Ln 条描述</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Captions that stand at more than one image: %Ln. In a batch they count as matches, not as negatives.</source>
        <translation>
            <numerusform>有 %Ln 条描述出现在多张图片上。在一个批次中，它们算作匹配，而不是负例。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Images in no split file: %Ln. They are trained on.</source>
        <translation>
            <numerusform>有 %Ln 张图片不在任何划分文件中，它们用于训练。</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>diagonal::DataPreview</name>
    <message>
        <source>there is no such file or folder</source>
        <translation>没有这个文件或文件夹</translation>
    </message>
    <message>
        <source>Look at the spelling, or choose it</source>
        <translation>请检查拼写，或直接选择</translation>
    </message>
    <message>
        <source>no pictures with captions are named in it</source>
        <translation>其中没有列出带说明文字的图片</translation>
    </message>
    <message>
        <source>Choose a table with columns for image and caption, a JSON file of COCO or Karpathy, or tar shards</source>
        <translation>请选择含图片列和说明列的表格、COCO 或 Karpathy 的 JSON 文件，或 tar 分片</translation>
    </message>
    <message numerus="yes">
        <source>%n picture(s) lie in it, and no captions</source>
        <translation>
            <numerusform>其中有 %n 张图片，没有说明文字</numerusform>
        </translation>
    </message>
    <message>
        <source>Put the pictures into folders named after what they show, or add a captions.csv with the columns image and caption</source>
        <translation>请把图片放进以内容命名的文件夹，或添加含 image 和 caption 列的 captions.csv</translation>
    </message>
    <message>
        <source>the folder is empty</source>
        <translation>文件夹是空的</translation>
    </message>
    <message>
        <source>there are no pictures in it</source>
        <translation>其中没有图片</translation>
    </message>
    <message>
        <source>Choose a folder with pictures and captions, or use scenes</source>
        <translation>请选择含图片和说明文字的文件夹，或使用场景</translation>
    </message>
</context>
<context>
    <name>diagonal::DataSource</name>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>Data set</source>
        <translation>数据集</translation>
    </message>
    <message>
        <source>as for training: pictures with captions, or in folders named after what they show</source>
        <translation>与训练相同：带描述的图片，或按内容命名的文件夹中的图片</translation>
    </message>
    <message>
        <source>A folder or a file, or scenes:count=1000</source>
        <translation>文件夹或文件，或 scenes:count=1000</translation>
    </message>
    <message>
        <source>A folder…</source>
        <translation>文件夹…</translation>
    </message>
    <message>
        <source>A file…</source>
        <translation>文件…</translation>
    </message>
    <message>
        <source>Images</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>Captions</source>
        <translation>描述</translation>
    </message>
    <message>
        <source>What of the data set is embedded</source>
        <translation>嵌入数据集的哪一部分内容</translation>
    </message>
    <message>
        <source>Part of the data set</source>
        <translation>数据集的划分</translation>
    </message>
    <message>
        <source>All parts</source>
        <translation>全部划分</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>Validation</source>
        <translation>验证</translation>
    </message>
    <message>
        <source>Test</source>
        <translation>测试</translation>
    </message>
    <message>
        <source>Data to embed</source>
        <translation>要嵌入的数据</translation>
    </message>
    <message>
        <source>Data (*.csv *.tsv *.txt *.json *.jsonl *.tar);;All files (*)</source>
        <translation>数据 (*.csv *.tsv *.txt *.json *.jsonl *.tar);;所有文件 (*)</translation>
    </message>
    <message>
        <source>Reading…</source>
        <translation>正在读取…</translation>
    </message>
    <message numerus="yes">
        <source>%1: %Ln image(s)</source>
        <translation>
            <numerusform>%1：%Ln 张图片</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln caption(s)</source>
        <translation>
            <numerusform>%Ln 条描述</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln file(s) not found</source>
        <translation>
            <numerusform>%Ln 个文件未找到</numerusform>
        </translation>
    </message>
    <message>
        <source>Reading data</source>
        <translation>正在读取数据</translation>
    </message>
</context>
<context>
    <name>diagonal::DropFrame</name>
    <message>
        <source>Drop this picture</source>
        <translation>放下这张图片</translation>
    </message>
    <message numerus="yes">
        <source>Drop %n file(s)</source>
        <translation>
            <numerusform>放下 %n 个文件</numerusform>
        </translation>
    </message>
    <message>
        <source>too large for a list of pictures</source>
        <translation>作为图片列表过大</translation>
    </message>
    <message>
        <source>the list cannot be read</source>
        <translation>无法读取该列表</translation>
    </message>
    <message>
        <source>there is no such file (named in %1)</source>
        <translation>没有这个文件（列在 %1 中）</translation>
    </message>
    <message>
        <source>there are no names of pictures in it</source>
        <translation>其中没有图片文件名</translation>
    </message>
    <message numerus="yes">
        <source>%Ln hidden folder(s) or picture(s), or of an indexer, a bin or a system, left out (%1). Drop such a folder itself to take it</source>
        <translation>
            <numerusform>略过了 %Ln 个隐藏的，或由索引程序、回收站、系统留下的文件夹或图片（%1）。拖入这样的文件夹本身即可采用</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>diagonal::EmbeddingJob</name>
    <message>
        <source>Embedding</source>
        <translation>嵌入</translation>
    </message>
    <message>
        <source>Writing</source>
        <translation>写入</translation>
    </message>
    <message>
        <source>texts/s</source>
        <translation>条/秒</translation>
    </message>
    <message>
        <source>images/s</source>
        <translation>张/秒</translation>
    </message>
</context>
<context>
    <name>diagonal::EmbeddingTableModel</name>
    <message>
        <source>%1: %2</source>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>path</source>
        <translation>路径</translation>
    </message>
    <message>
        <source>text</source>
        <translation>文本</translation>
    </message>
</context>
<context>
    <name>diagonal::EmbeddingsPane</name>
    <message>
        <source>An export is running</source>
        <translation>正在导出</translation>
    </message>
    <message>
        <source>Cancelled. Nothing was written.</source>
        <translation>已取消，未写入任何内容。</translation>
    </message>
    <message>
        <source>&amp;Open…</source>
        <translation>打开(&amp;O)…</translation>
    </message>
    <message>
        <source>Open &amp;folder…</source>
        <translation>打开文件夹(&amp;F)…</translation>
    </message>
    <message>
        <source>&amp;Export embeddings…</source>
        <translation>导出嵌入(&amp;E)…</translation>
    </message>
    <message>
        <source>&amp;Paste</source>
        <translation>粘贴(&amp;P)</translation>
    </message>
    <message>
        <source>Images</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>Texts</source>
        <translation>文本</translation>
    </message>
    <message>
        <source>What is embedded</source>
        <translation>嵌入对象</translation>
    </message>
    <message>
        <source>Open…</source>
        <translation>打开…</translation>
    </message>
    <message>
        <source>Open folder…</source>
        <translation>打开文件夹…</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>清空</translation>
    </message>
    <message>
        <source>Export embeddings</source>
        <translation>导出嵌入</translation>
    </message>
    <message numerus="yes">
        <source>%Ln text(s) were longer than the model reads: their ends do not count.</source>
        <translation>
            <numerusform>%Ln 条文本超出模型的读取长度：末尾部分不计入。</numerusform>
        </translation>
    </message>
    <message>
        <source>Looking for images…</source>
        <translation>正在查找图片…</translation>
    </message>
    <message>
        <source>No texts yet</source>
        <translation>还没有文本</translation>
    </message>
    <message>
        <source>No images yet</source>
        <translation>还没有图片</translation>
    </message>
    <message numerus="yes">
        <source>%Ln text(s)</source>
        <translation>
            <numerusform>%Ln 条文本</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln image(s)</source>
        <translation>
            <numerusform>%Ln 张图片</numerusform>
        </translation>
    </message>
    <message>
        <source>Embeddings</source>
        <translation>嵌入</translation>
    </message>
    <message numerus="yes">
        <source>%Ln text(s) embedded.</source>
        <translation>
            <numerusform>已嵌入 %Ln 条文本。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln image(s) embedded.</source>
        <translation>
            <numerusform>已嵌入 %Ln 张图片。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln could not be read.</source>
        <translation>
            <numerusform>%Ln 个无法读取。</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 is written (%2).</source>
        <translation>%1 已写入（%2）。</translation>
    </message>
    <message>
        <source>CSV</source>
        <translation>CSV</translation>
    </message>
    <message>
        <source>NPY</source>
        <translation>NPY</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>撤销(&amp;U)</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>重做(&amp;R)</translation>
    </message>
    <message>
        <source>clear the list</source>
        <translation>清空列表</translation>
    </message>
    <message>
        <source>Reading texts…</source>
        <translation>正在读取文本…</translation>
    </message>
    <message>
        <source>Data set</source>
        <translation>数据集</translation>
    </message>
    <message>
        <source>Projector of TensorBoard</source>
        <translation>TensorBoard 投影器</translation>
    </message>
    <message>
        <source>%1 of %2 are embedded and wait beside the file.</source>
        <translation>%2 项中已嵌入 %1 项，保存在文件旁。</translation>
    </message>
    <message numerus="yes">
        <source>%Ln of them were embedded before.</source>
        <translation>
            <numerusform>其中 %Ln 项此前已嵌入。</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>diagonal::EngineService</name>
    <message numerus="yes">
        <source>CPU · %n thread(s)</source>
        <translation>
            <numerusform>CPU · %n 线程</numerusform>
        </translation>
    </message>
    <message>
        <source>No model</source>
        <translation>没有模型</translation>
    </message>
    <message>
        <source>none is open</source>
        <translation>未打开模型</translation>
    </message>
    <message>
        <source>Open one from the Model menu.</source>
        <translation>请从“模型”菜单打开一个。</translation>
    </message>
    <message>
        <source>images/s</source>
        <translation>张/秒</translation>
    </message>
    <message>
        <source>No second model</source>
        <translation>没有第二个模型</translation>
    </message>
    <message>
        <source>Choose one to compare with.</source>
        <translation>请选择一个用于比较的模型。</translation>
    </message>
    <message>
        <source>Opening the second model</source>
        <translation>正在打开第二个模型</translation>
    </message>
    <message>
        <source>Texts</source>
        <translation>文本</translation>
    </message>
    <message>
        <source>their embedding was stopped</source>
        <translation>嵌入已停止</translation>
    </message>
    <message>
        <source>Change one of them, or the model, to begin again</source>
        <translation>更改其中一条或更换模型即可重新开始</translation>
    </message>
    <message>
        <source>Opening %1</source>
        <translation>正在打开 %1</translation>
    </message>
    <message>
        <source>Embedding texts</source>
        <translation>正在嵌入文本</translation>
    </message>
    <message>
        <source>texts/s</source>
        <translation>条文本/秒</translation>
    </message>
    <message>
        <source>Relevance map</source>
        <translation>相关性图</translation>
    </message>
    <message>
        <source>its relevance map was stopped</source>
        <translation>相关性图已停止</translation>
    </message>
</context>
<context>
    <name>diagonal::EvaluatePane</name>
    <message>
        <source>Find out how good a model is on your data</source>
        <translation>了解模型在您的数据上表现如何</translation>
    </message>
    <message>
        <source>Add models at the left, choose pictures whose labels or captions are known, and evaluate. Every number comes with its 95% interval; what differs within noise is said.</source>
        <translation>在左侧添加模型，选择已知标签或描述的图片，然后评估。每个数字都附有 95% 置信区间；差异在噪声之内时会注明。</translation>
    </message>
    <message>
        <source>Add the open model</source>
        <translation>添加已打开的模型</translation>
    </message>
    <message>
        <source>&amp;Evaluate</source>
        <translation>评估(&amp;E)</translation>
    </message>
    <message>
        <source>&amp;Stop evaluating</source>
        <translation>停止评估(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Export evaluation…</source>
        <translation>导出评估(&amp;E)…</translation>
    </message>
    <message>
        <source>Evaluate</source>
        <translation>评估</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>进度</translation>
    </message>
    <message>
        <source>Report…</source>
        <translation>报告…</translation>
    </message>
    <message>
        <source>One page of HTML with all that was found</source>
        <translation>包含全部结果的一页 HTML</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>导出…</translation>
    </message>
    <message>
        <source>Figure of the chart</source>
        <translation>图表的指标</translation>
    </message>
    <message>
        <source>Table</source>
        <translation>表格</translation>
    </message>
    <message>
        <source>Chart</source>
        <translation>图表</translation>
    </message>
    <message>
        <source>How results are shown</source>
        <translation>结果的显示方式</translation>
    </message>
    <message>
        <source>Results</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>percent; the line is the 95% interval</source>
        <translation>百分比；横线为 95% 置信区间</translation>
    </message>
    <message>
        <source>best</source>
        <translation>最佳</translation>
    </message>
    <message>
        <source>≈ difference to the best is within noise</source>
        <translation>≈ 与最佳的差异在噪声之内</translation>
    </message>
    <message>
        <source>worse</source>
        <translation>较差</translation>
    </message>
    <message>
        <source>Confusion</source>
        <translation>混淆矩阵</translation>
    </message>
    <message>
        <source>Per class</source>
        <translation>按类别</translation>
    </message>
    <message>
        <source>Few-shot</source>
        <translation>少样本</translation>
    </message>
    <message>
        <source>Calibration</source>
        <translation>校准</translation>
    </message>
    <message>
        <source>Templates</source>
        <translation>模板</translation>
    </message>
    <message>
        <source>What is shown of a row</source>
        <translation>显示该行的哪些内容</translation>
    </message>
    <message>
        <source>Model and prompts that are shown</source>
        <translation>所显示的模型和提示</translation>
    </message>
    <message>
        <source>Share of row</source>
        <translation>占行比例</translation>
    </message>
    <message>
        <source>Count</source>
        <translation>数量</translation>
    </message>
    <message>
        <source>Numbers of cells</source>
        <translation>单元格的数字</translation>
    </message>
    <message>
        <source>Order of classes</source>
        <translation>类别的顺序</translation>
    </message>
    <message>
        <source>By confusion</source>
        <translation>按混淆程度</translation>
    </message>
    <message>
        <source>As given</source>
        <translation>原始顺序</translation>
    </message>
    <message>
        <source>By name</source>
        <translation>按名称</translation>
    </message>
    <message>
        <source>Order</source>
        <translation>排序</translation>
    </message>
    <message>
        <source>of</source>
        <comment>a row of results</comment>
        <translation>共</translation>
    </message>
    <message>
        <source>Accuracy by labelled pictures a class</source>
        <translation>准确率与每类有标签图片数</translation>
    </message>
    <message>
        <source>mean and spread of the seeds; rings: where the curves meet zero-shot</source>
        <translation>各随机种子的均值与离散；圆圈：曲线与零样本相交处</translation>
    </message>
    <message>
        <source>The fitted temperature is kept in %1; Label uses it</source>
        <translation>拟合的温度已保存到 %1；标注面板会使用它</translation>
    </message>
    <message>
        <source>The model&apos;s own temperature is used again</source>
        <translation>已恢复使用模型自带的温度</translation>
    </message>
    <message>
        <source>Out of date: the data, the tasks or the prompts are others</source>
        <translation>已过时：数据、任务或提示已更改</translation>
    </message>
    <message>
        <source>%1, features from the cache</source>
        <translation>%1，特征来自缓存</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>正在停止…</translation>
    </message>
    <message>
        <source>%1 of %2 pictures</source>
        <translation>%1/%2 张图片</translation>
    </message>
    <message>
        <source>%1 left</source>
        <translation>剩余 %1</translation>
    </message>
    <message>
        <source>Tick Few-shot: curves over 1 to 16 labelled pictures a class, with the zero-shot line.</source>
        <translation>请勾选“少样本”：每类 1 到 16 张有标签图片的曲线，并画出零样本线。</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>%1, %2: %3</source>
        <translation>%1，%2：%3</translation>
    </message>
    <message>
        <source>.</source>
        <comment>end of a sentence</comment>
        <translation>。</translation>
    </message>
    <message>
        <source>Evaluated: %1</source>
        <translation>评估完成：%1</translation>
    </message>
    <message>
        <source>Chosen %1 of %2</source>
        <translation>从 %2 选出的 %1 个</translation>
    </message>
    <message>
        <source>Suspected</source>
        <translation>可疑标签</translation>
    </message>
    <message>
        <source>≈ within noise</source>
        <translation>≈ 在噪声范围内</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <comment>task, note</comment>
        <translation>%1：%2</translation>
    </message>
    <message numerus="yes">
        <source>Stopped: %1 of %Ln model(s) evaluated; what was read of the others is kept</source>
        <translation>
            <numerusform>已停止：%Ln 个模型中已评估 %1 个；其余已读取的内容会保留</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Out of date: %1 of %Ln model(s) to be evaluated</source>
        <translation>
            <numerusform>已过期：%Ln 个模型中有 %1 个待评估</numerusform>
        </translation>
    </message>
    <message>
        <source>Of %1.</source>
        <translation>%1 的结果。</translation>
    </message>
    <message>
        <source>Up to date.</source>
        <translation>已是最新。</translation>
    </message>
    <message numerus="yes">
        <source>%Ln row(s) in %1</source>
        <translation>
            <numerusform>%Ln 行，用时 %1</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1: %Ln picture(s) without an embedding that is a number; they count as misses</source>
        <translation>
            <numerusform>%1：%Ln 张图片没有数值有效的嵌入；按未命中计</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln picture(s) could not be read and left out; the first: %1</source>
        <translation>
            <numerusform>%Ln 张图片无法读取，已略去；第一张：%1</numerusform>
        </translation>
    </message>
    <message>
        <source>Everything is up to date: evaluates all of it again</source>
        <translation>一切都是最新的：会全部重新评估</translation>
    </message>
    <message>
        <source>An evaluation is going on: stop it to change what is evaluated</source>
        <translation>正在评估：要更改评估内容，请先停止</translation>
    </message>
    <message numerus="yes">
        <source>One data set is evaluated at a time: %1 is taken, %Ln other(s) not</source>
        <translation>
            <numerusform>一次评估一个数据集：采用%1，其余 %Ln 个不采用</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>diagonal::EvaluationExport</name>
    <message>
        <source>Export evaluation</source>
        <translation>导出评估</translation>
    </message>
    <message>
        <source>Results as CSV…</source>
        <translation>结果（CSV）…</translation>
    </message>
    <message>
        <source>What was said of each picture as CSV…</source>
        <translation>每张图片的判断（CSV）…</translation>
    </message>
    <message>
        <source>Labels that may be wrong as CSV…</source>
        <translation>可能有误的标签（CSV）…</translation>
    </message>
    <message>
        <source>Table as PNG…</source>
        <translation>表格（PNG）…</translation>
    </message>
    <message>
        <source>Table as SVG…</source>
        <translation>表格（SVG）…</translation>
    </message>
    <message>
        <source>All files into a folder, JSON for CLIP_benchmark…</source>
        <translation>全部文件写入文件夹，JSON 供 CLIP_benchmark 使用…</translation>
    </message>
</context>
<context>
    <name>diagonal::EvaluationPlan</name>
    <message>
        <source>Data</source>
        <translation>数据</translation>
    </message>
    <message>
        <source>there is nothing to evaluate on</source>
        <translation>没有可供评估的数据</translation>
    </message>
</context>
<context>
    <name>diagonal::EvaluationRuns</name>
    <message>
        <source>Reading the data…</source>
        <translation>正在读取数据…</translation>
    </message>
    <message>
        <source>pictures</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>Evaluating</source>
        <translation>正在评估</translation>
    </message>
    <message>
        <source>Keeping the temperature</source>
        <translation>正在保存温度</translation>
    </message>
    <message>
        <source>Keeping the evaluation</source>
        <translation>正在保存评估结果</translation>
    </message>
</context>
<context>
    <name>diagonal::ExportMenu</name>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>Copy picture</source>
        <translation>复制图片</translation>
    </message>
    <message>
        <source>Copy as CSV</source>
        <translation>复制为 CSV</translation>
    </message>
    <message>
        <source>Export PNG…</source>
        <translation>导出 PNG…</translation>
    </message>
    <message>
        <source>Export SVG…</source>
        <translation>导出 SVG…</translation>
    </message>
    <message>
        <source>Export CSV…</source>
        <translation>导出 CSV…</translation>
    </message>
</context>
<context>
    <name>diagonal::ExportPanel</name>
    <message>
        <source>Normalise to unit length</source>
        <translation>归一化为单位长度</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>导出…</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>在文件夹中显示</translation>
    </message>
    <message>
        <source>Show what failed</source>
        <translation>显示失败项</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>File format</source>
        <translation>文件格式</translation>
    </message>
    <message>
        <source>Of unit length, the dot product of two embeddings is their cosine similarity</source>
        <translation>长度为 1 时，两个嵌入的点积即为余弦相似度</translation>
    </message>
    <message>
        <source>Dot products are then cosines. Off: the numbers as the model gives them</source>
        <translation>开启后点积即为余弦；关闭则保留模型输出的原始数值</translation>
    </message>
    <message>
        <source>What will be written</source>
        <translation>将写入的内容</translation>
    </message>
    <message>
        <source>Progress of the export</source>
        <translation>导出进度</translation>
    </message>
    <message>
        <source>A row each: path, e0, e1, … Opens in any spreadsheet; large for many rows</source>
        <translation>每项一行：path, e0, e1, … 可用任意电子表格打开；行数多时文件较大</translation>
    </message>
    <message>
        <source>For numpy.load. The names stand beside it in FILE.paths.txt</source>
        <translation>供 numpy.load 读取。名称保存在同目录的 FILE.paths.txt 中</translation>
    </message>
    <message>
        <source>The tensor “embeddings”, with the names in its metadata</source>
        <translation>张量“embeddings”，名称保存在元数据中</translation>
    </message>
    <message>
        <source>There are no texts yet</source>
        <translation>还没有文本</translation>
    </message>
    <message>
        <source>There are no images yet</source>
        <translation>还没有图片</translation>
    </message>
    <message>
        <source>The model is still being loaded</source>
        <translation>模型仍在加载</translation>
    </message>
    <message>
        <source>%1 × %2 numbers</source>
        <translation>%1 × %2 个数值</translation>
    </message>
    <message>
        <source>one row per text</source>
        <translation>每条文本一行</translation>
    </message>
    <message>
        <source>one row per image</source>
        <translation>每张图片一行</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 / %2</translation>
    </message>
    <message>
        <source>texts/s</source>
        <translation>条/秒</translation>
    </message>
    <message>
        <source>images/s</source>
        <translation>张/秒</translation>
    </message>
    <message>
        <source>%1 left</source>
        <translation>剩余 %1</translation>
    </message>
    <message>
        <source>writing</source>
        <translation>正在写入</translation>
    </message>
    <message>
        <source>A row each: the text, e0, e1, … Opens in any spreadsheet; large for many rows</source>
        <translation>每行：文本, e0, e1, … 任何电子表格都能打开；行数多时文件很大</translation>
    </message>
    <message>
        <source>For numpy.load. The texts stand beside it in FILE.paths.txt</source>
        <translation>供 numpy.load 读取。文本在旁边的 FILE.paths.txt 中</translation>
    </message>
    <message>
        <source>The tensor “embeddings”, with the texts in its metadata</source>
        <translation>张量“embeddings”，文本在其元数据中</translation>
    </message>
    <message>
        <source>Also parts of each frame</source>
        <translation>也包括每帧的局部</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Discard</source>
        <translation>丢弃</translation>
    </message>
    <message>
        <source>Projector of TensorBoard</source>
        <translation>TensorBoard 投影器</translation>
    </message>
    <message>
        <source>32-bit</source>
        <translation>32 位</translation>
    </message>
    <message>
        <source>16-bit</source>
        <translation>16 位</translation>
    </message>
    <message>
        <source>Numbers</source>
        <translation>数值</translation>
    </message>
    <message>
        <source>16-bit floats take half the room and keep three digits</source>
        <translation>16 位浮点数只占一半空间，保留三位有效数字</translation>
    </message>
    <message>
        <source> s</source>
        <translation> 秒</translation>
    </message>
    <message>
        <source>Seconds between frames of a long shot</source>
        <translation>长镜头中相邻帧的间隔秒数</translation>
    </message>
    <message>
        <source>Half-overlapping parts, a row each: small things are found</source>
        <translation>半重叠的局部，每个一行：可以找到小物体</translation>
    </message>
    <message>
        <source>Videos</source>
        <translation>视频</translation>
    </message>
    <message>
        <source>Each shot has a frame; long ones have more</source>
        <translation>每个镜头取一帧；长镜头取多帧</translation>
    </message>
    <message>
        <source>Go on with what is left</source>
        <translation>从中断处继续</translation>
    </message>
    <message>
        <source>Remove what was embedded already</source>
        <translation>删除已嵌入的部分</translation>
    </message>
    <message>
        <source>A folder with tensors.tsv and metadata.tsv, for tensorboard --logdir</source>
        <translation>包含 tensors.tsv 和 metadata.tsv 的文件夹，供 tensorboard --logdir 使用</translation>
    </message>
    <message>
        <source>A folder with tensors.tsv, metadata.tsv and small pictures, for tensorboard --logdir</source>
        <translation>包含 tensors.tsv、metadata.tsv 和缩略图的文件夹，供 tensorboard --logdir 使用</translation>
    </message>
    <message>
        <source>There is no data set yet</source>
        <translation>还没有数据集</translation>
    </message>
    <message>
        <source>Name a data set, or choose its folder or file</source>
        <translation>输入数据集，或选择其文件夹或文件</translation>
    </message>
    <message>
        <source>Type texts, or open a text file with one text a line, or a table</source>
        <translation>输入文本，或打开每行一条文本的文件或表格</translation>
    </message>
    <message>
        <source>Drop images, videos, a folder or a table, or open them</source>
        <translation>拖入图片、视频、文件夹或表格，或打开它们</translation>
    </message>
    <message>
        <source>16-bit floats</source>
        <translation>16 位浮点数</translation>
    </message>
    <message>
        <source>32-bit floats</source>
        <translation>32 位浮点数</translation>
    </message>
    <message numerus="yes">
        <source>of %Ln video(s) one per key frame</source>
        <translation>
            <numerusform>%Ln 个视频每个关键帧一行</numerusform>
        </translation>
    </message>
    <message>
        <source>at least %1</source>
        <translation>至少 %1</translation>
    </message>
    <message>
        <source>about %1</source>
        <translation>约 %1</translation>
    </message>
    <message>
        <source>%1. Embedded by %2</source>
        <translation>%1。由 %2 嵌入</translation>
    </message>
    <message>
        <source>, </source>
        <translation>，</translation>
    </message>
    <message>
        <source>A frame every</source>
        <translation>取帧间隔</translation>
    </message>
</context>
<context>
    <name>diagonal::FailureTableModel</name>
    <message>
        <source>Could not be read</source>
        <translation>无法读取</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>原因</translation>
    </message>
</context>
<context>
    <name>diagonal::FewShotPlot</name>
    <message>
        <source>Accuracy by labelled pictures a class</source>
        <translation>准确率与每类有标签图片数</translation>
    </message>
    <message>
        <source>less than the fewest</source>
        <translation>少于最少数量</translation>
    </message>
    <message>
        <source>more than the most</source>
        <translation>多于最多数量</translation>
    </message>
    <message>
        <source>Tick Zero-shot too, to see how many labelled pictures it is worth</source>
        <translation>请同时勾选“零样本”，以了解它相当于多少张有标签图片</translation>
    </message>
    <message>
        <source>A few labelled pictures a class are better than zero-shot already</source>
        <translation>每类几张有标签图片就已优于零样本</translation>
    </message>
    <message>
        <source>Zero-shot is better than these labelled pictures a class</source>
        <translation>零样本优于这些数量的有标签图片</translation>
    </message>
    <message>
        <source>Zero-shot is worth, in labelled pictures a class: %1</source>
        <translation>零样本相当于每类有标签图片：%1</translation>
    </message>
    <message>
        <source>Zero-shot is worth about %1 labelled pictures a class</source>
        <translation>零样本约相当于每类 %1 张有标签图片</translation>
    </message>
    <message>
        <source>%1 %2</source>
        <comment>model, accuracy</comment>
        <translation>%1 %2</translation>
    </message>
    <message>
        <source>all pictures: %1</source>
        <translation>全部图片：%1</translation>
    </message>
    <message>
        <source>%1 a class: %2</source>
        <translation>每类 %1 张：%2</translation>
    </message>
    <message>
        <source>all pictures</source>
        <translation>全部图片</translation>
    </message>
    <message>
        <source>at %1 a class</source>
        <translation>每类 %1 张时</translation>
    </message>
    <message>
        <source>all</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>%1 %2</source>
        <comment>model, labelled pictures</comment>
        <translation>%1 %2</translation>
    </message>
    <message>
        <source>%1 to %2</source>
        <comment>from, to</comment>
        <translation>%1 至 %2</translation>
    </message>
    <message>
        <source>All labelled pictures</source>
        <translation>全部有标签图片</translation>
    </message>
    <message numerus="yes">
        <source>%Ln labelled picture(s) a class</source>
        <translation>
            <numerusform>每类 %Ln 张有标签图片</numerusform>
        </translation>
    </message>
    <message>
        <source>%1: %2</source>
        <comment>model, accuracy</comment>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source> ± %1 (spread of %2 seeds)</source>
        <translation> ± %1（%2 个种子的离散度）</translation>
    </message>
    <message>
        <source>, %1 behind zero-shot</source>
        <translation>，落后零样本 %1</translation>
    </message>
    <message>
        <source>, %1 ahead of zero-shot</source>
        <translation>，领先零样本 %1</translation>
    </message>
</context>
<context>
    <name>diagonal::FileThreads</name>
    <message>
        <source>the file system does not answer</source>
        <translation>文件系统没有响应</translation>
    </message>
</context>
<context>
    <name>diagonal::FilesSection</name>
    <message>
        <source>Compute SHA-256</source>
        <translation>计算 SHA-256</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Files</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Reads the files whole, to compare them with what their publisher says</source>
        <translation>完整读取文件，以便与发布者公布的值核对</translation>
    </message>
    <message>
        <source>Computing SHA-256</source>
        <translation>计算 SHA-256</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 / %2</translation>
    </message>
    <message>
        <source>SHA-256 %1</source>
        <translation>SHA-256 %1</translation>
    </message>
    <message>
        <source>Copy the SHA-256</source>
        <translation>复制 SHA-256</translation>
    </message>
</context>
<context>
    <name>diagonal::FilterBar</name>
    <message>
        <source>Folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>Date</source>
        <translation>日期</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Camera</source>
        <translation>相机</translation>
    </message>
    <message>
        <source>Above background</source>
        <translation>高于背景</translation>
    </message>
    <message>
        <source>Group alike</source>
        <translation>合并相似</translation>
    </message>
    <message>
        <source>Near-duplicates become one hit</source>
        <translation>近似重复的图片合为一个结果</translation>
    </message>
    <message>
        <source>Grid</source>
        <translation>网格</translation>
    </message>
    <message>
        <source>Table</source>
        <translation>表格</translation>
    </message>
    <message>
        <source>How results are shown</source>
        <translation>结果的显示方式</translation>
    </message>
    <message>
        <source>Last 30 days</source>
        <translation>最近 30 天</translation>
    </message>
    <message>
        <source>Within a folder…</source>
        <translation>某个文件夹内…</translation>
    </message>
    <message>
        <source>From … to …</source>
        <translation>从…到…</translation>
    </message>
    <message>
        <source>Videos</source>
        <translation>视频</translation>
    </message>
    <message>
        <source>Images</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>Any folder</source>
        <translation>任意文件夹</translation>
    </message>
    <message>
        <source>Any date</source>
        <translation>任意日期</translation>
    </message>
    <message>
        <source>Any type</source>
        <translation>任意类型</translation>
    </message>
    <message>
        <source>Any size</source>
        <translation>任意大小</translation>
    </message>
    <message>
        <source>Any camera</source>
        <translation>任意相机</translation>
    </message>
    <message>
        <source>Look within a folder</source>
        <translation>在文件夹内查找</translation>
    </message>
    <message>
        <source>Dates</source>
        <translation>日期</translation>
    </message>
    <message>
        <source>From</source>
        <translation>从</translation>
    </message>
    <message>
        <source>To</source>
        <translation>到</translation>
    </message>
    <message>
        <source>%1 to %2</source>
        <translation>%1 至 %2</translation>
    </message>
    <message>
        <source>automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>1 MP and more</source>
        <translation>至少 100 万像素</translation>
    </message>
    <message>
        <source>4 MP and more</source>
        <translation>至少 400 万像素</translation>
    </message>
    <message>
        <source>12 MP and more</source>
        <translation>至少 1200 万像素</translation>
    </message>
    <message>
        <source>below 1 MP</source>
        <translation>不足 100 万像素</translation>
    </message>
</context>
<context>
    <name>diagonal::FilterChips</name>
    <message>
        <source>%1 %2</source>
        <translation>%1 %2</translation>
    </message>
</context>
<context>
    <name>diagonal::FirstModel</name>
    <message>
        <source>Open a CLIP model…</source>
        <translation>打开 CLIP 模型…</translation>
    </message>
    <message>
        <source>Make one from your photographs…</source>
        <translation>用您的照片制作一个…</translation>
    </message>
    <message>
        <source>Choose a folder of photographs with captions; the next steps say what is missing</source>
        <translation>选择带有描述的照片文件夹；后续步骤会说明还缺什么</translation>
    </message>
    <message>
        <source>For photographs:</source>
        <translation>用于照片：</translation>
    </message>
    <message>
        <source>Get %1 (%2, %3 at 10 Mbit/s)</source>
        <translation>获取 %1（%2，10 Mbit/s 时约 %3）</translation>
    </message>
    <message>
        <source>Open %1, which is on this computer</source>
        <translation>打开本机上的 %1</translation>
    </message>
    <message>
        <source>Getting %1</source>
        <translation>获取 %1</translation>
    </message>
    <message>
        <source>Photographs to make a model from</source>
        <translation>用来制作模型的照片</translation>
    </message>
</context>
<context>
    <name>diagonal::FolderPanel</name>
    <message>
        <source>Folders</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>Compare with the disk</source>
        <translation>与磁盘比较</translation>
    </message>
    <message>
        <source>Videos</source>
        <translation>视频</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>详情</translation>
    </message>
    <message>
        <source>Indexed</source>
        <translation>已索引</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Index %1</source>
        <translation>索引 %1</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>恢复</translation>
    </message>
    <message>
        <source>%1 of %2 files</source>
        <translation>%1 / %2 个文件</translation>
    </message>
    <message>
        <source>files/s</source>
        <translation>个文件/秒</translation>
    </message>
    <message>
        <source>%1 left</source>
        <translation>剩余 %1</translation>
    </message>
    <message>
        <source>Paused, %1 files left</source>
        <translation>已暂停，剩余 %1 个文件</translation>
    </message>
    <message>
        <source>Looking at the folders…</source>
        <translation>正在查看文件夹…</translation>
    </message>
    <message>
        <source>could not be read</source>
        <translation>无法读取</translation>
    </message>
    <message numerus="yes">
        <source>%Ln frame(s)</source>
        <translation>
            <numerusform>%Ln 帧</numerusform>
        </translation>
    </message>
    <message>
        <source>Watch for changes</source>
        <translation>监视更改</translation>
    </message>
    <message>
        <source>Hidden and system folders too</source>
        <translation>包括隐藏和系统文件夹</translation>
    </message>
    <message>
        <source>Parts of video frames too (finds small things)</source>
        <translation>包括视频帧的局部（可找到小物体）</translation>
    </message>
    <message>
        <source>Show in the file manager</source>
        <translation>在文件管理器中显示</translation>
    </message>
    <message>
        <source>What could not be read…</source>
        <translation>无法读取的文件…</translation>
    </message>
    <message>
        <source>Take out of the library…</source>
        <translation>从图库中移除…</translation>
    </message>
    <message>
        <source>Left out…</source>
        <translation>忽略项…</translation>
    </message>
    <message>
        <source>Names of folders and files that are not looked at</source>
        <translation>不查看的文件夹和文件的名称</translation>
    </message>
</context>
<context>
    <name>diagonal::FrontPlot</name>
    <message>
        <source>Recall against time</source>
        <translation>召回率与时间</translation>
    </message>
    <message>
        <source>%1: %2 percent, %3 milliseconds</source>
        <translation>%1：%2%，%3 毫秒</translation>
    </message>
    <message>
        <source>ms an image</source>
        <translation>毫秒/图像</translation>
    </message>
    <message>
        <source>%1: %2%, %3 ms an image</source>
        <translation>%1：%2%，%3 毫秒/图像</translation>
    </message>
</context>
<context>
    <name>diagonal::GridColumn</name>
    <message>
        <source>No images here</source>
        <translation>此处没有图片</translation>
    </message>
    <message>
        <source>As added</source>
        <translation>按添加顺序</translation>
    </message>
    <message>
        <source>By name</source>
        <translation>按名称</translation>
    </message>
    <message>
        <source>By label</source>
        <translation>按标签</translation>
    </message>
    <message>
        <source>Least sure first</source>
        <translation>最不确定的在前</translation>
    </message>
    <message>
        <source>Most sure first</source>
        <translation>最确定的在前</translation>
    </message>
    <message>
        <source>Order and groups of the images</source>
        <translation>图像的排序与分组</translation>
    </message>
    <message>
        <source>Group by label</source>
        <translation>按标签分组</translation>
    </message>
    <message>
        <source>Fold all groups</source>
        <translation>折叠所有分组</translation>
    </message>
    <message>
        <source>Unfold all groups</source>
        <translation>展开所有分组</translation>
    </message>
</context>
<context>
    <name>diagonal::HeatmapView</name>
    <message>
        <source>Similarity matrix</source>
        <translation>相似度矩阵</translation>
    </message>
    <message>
        <source>Fit</source>
        <translation>适合窗口</translation>
    </message>
</context>
<context>
    <name>diagonal::HistogramView</name>
    <message>
        <source>Histogram: %1, %2</source>
        <translation>直方图：%1，%2</translation>
    </message>
</context>
<context>
    <name>diagonal::ImageFilterChips</name>
    <message>
        <source>All</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>Sure</source>
        <translation>确定</translation>
    </message>
    <message>
        <source>Unsure</source>
        <translation>不确定</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>None</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Which images are shown</source>
        <translation>显示哪些图片</translation>
    </message>
</context>
<context>
    <name>diagonal::ImageGrid</name>
    <message>
        <source>Images</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>Click to select the group, on the arrow to fold it</source>
        <translation>单击选中整组，单击箭头折叠该组</translation>
    </message>
</context>
<context>
    <name>diagonal::ImageGridModel</name>
    <message>
        <source>%1, failed: %2</source>
        <translation>%1，失败：%2</translation>
    </message>
    <message>
        <source>%1, not labelled yet</source>
        <translation>%1，尚未标注</translation>
    </message>
    <message>
        <source>%1: %2, %3</source>
        <translation>%1：%2，%3</translation>
    </message>
    <message>
        <source>%1: %2, %3, unsure</source>
        <translation>%1：%2，%3，不确定</translation>
    </message>
    <message>
        <source>No label</source>
        <translation>无标签</translation>
    </message>
    <message>
        <source>Not labelled yet</source>
        <translation>尚未标注</translation>
    </message>
    <message>
        <source>Not readable</source>
        <translation>无法读取</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>%1
%2, %3</source>
        <translation>%1
%2，%3</translation>
    </message>
    <message>
        <source>%1: no label</source>
        <translation>%1：无标签</translation>
    </message>
    <message>
        <source>%1
No label: “%2” is on top, but is not given</source>
        <translation>%1
无标签：“%2”排在最前，但未被采用</translation>
    </message>
</context>
<context>
    <name>diagonal::ImageTable</name>
    <message>
        <source>Images</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>Reset columns</source>
        <translation>重置列</translation>
    </message>
    <message>
        <source>Click to sort, drag to move, right-click or Alt+Down to choose columns</source>
        <translation>点击排序，拖动移动，右键或 Alt+向下键选择列</translation>
    </message>
    <message>
        <source>Sort by %1, ascending</source>
        <translation>按“%1”升序排列</translation>
    </message>
    <message>
        <source>Sort by %1, descending</source>
        <translation>按“%1”降序排列</translation>
    </message>
    <message>
        <source>As they came</source>
        <translation>按加入顺序</translation>
    </message>
</context>
<context>
    <name>diagonal::ImageTableModel</name>
    <message>
        <source>How many percentage points the best label is ahead of the next</source>
        <translation>最佳标签领先下一个标签的百分点数</translation>
    </message>
    <message>
        <source>Picture</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>Label</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>Probability</source>
        <translation>概率</translation>
    </message>
    <message>
        <source>Cosine</source>
        <translation>余弦</translation>
    </message>
    <message>
        <source>Lead</source>
        <translation>领先</translation>
    </message>
    <message>
        <source>Second label</source>
        <translation>第二标签</translation>
    </message>
    <message>
        <source>Verdict</source>
        <translation>判定</translation>
    </message>
    <message>
        <source>Pixels</source>
        <translation>像素</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>Failed: %1</source>
        <translation>失败：%1</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>None</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Sure</source>
        <translation>确定</translation>
    </message>
    <message>
        <source>Unsure</source>
        <translation>不确定</translation>
    </message>
    <message>
        <source>%1 × %2</source>
        <translation>%1 × %2</translation>
    </message>
    <message>
        <source>No label</source>
        <translation>无标签</translation>
    </message>
</context>
<context>
    <name>diagonal::Intake</name>
    <message>
        <source>Images (*.jpg *.jpeg *.png *.webp *.heic *.heif *.avif *.bmp *.gif *.tif *.tiff *.ppm *.pgm *.cr2 *.cr3 *.nef *.arw *.dng *.orf *.rw2 *.raf)</source>
        <translation>图片 (*.jpg *.jpeg *.png *.webp *.heic *.heif *.avif *.bmp *.gif *.tif *.tiff *.ppm *.pgm *.cr2 *.cr3 *.nef *.arw *.dng *.orf *.rw2 *.raf)</translation>
    </message>
    <message>
        <source>Lists of images (*.txt *.lst)</source>
        <translation>图片列表 (*.txt *.lst)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
    <message>
        <source>Drop files: what comes of them has their names</source>
        <translation>请拖入文件：结果以文件名命名</translation>
    </message>
    <message>
        <source>there are no images in it</source>
        <translation>其中没有图片</translation>
    </message>
    <message>
        <source>Choose a folder with JPEG, PNG, WebP, HEIC, AVIF, TIFF, BMP or GIF files.</source>
        <translation>请选择包含 JPEG、PNG、WebP、HEIC、AVIF、TIFF、BMP 或 GIF 文件的文件夹。</translation>
    </message>
    <message>
        <source>Looking for images</source>
        <translation>查找图片</translation>
    </message>
    <message>
        <source>Picture</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>the picture could not be stored</source>
        <translation>无法保存图片</translation>
    </message>
    <message>
        <source>Make room in the folder for temporary files.</source>
        <translation>请在临时文件夹中腾出空间。</translation>
    </message>
    <message>
        <source>Storing the picture</source>
        <translation>保存图片</translation>
    </message>
    <message>
        <source>There is no picture and no file in the clipboard</source>
        <translation>剪贴板中没有图片或文件</translation>
    </message>
    <message>
        <source>There are no files in the clipboard</source>
        <translation>剪贴板中没有文件</translation>
    </message>
    <message>
        <source>Only a link came, and nothing is fetched from the network. Copy the picture itself (“Copy image” in the browser) and paste it</source>
        <translation>收到的只是链接，程序不会从网络下载。请复制图片本身（浏览器中的“复制图片”）再粘贴</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>打开文件夹</translation>
    </message>
</context>
<context>
    <name>diagonal::JobRow</name>
    <message>
        <source>%1 %2 of %3</source>
        <translation>%1 %2 / %3</translation>
    </message>
    <message>
        <source>stopping, saves first</source>
        <translation>正在停止，先保存</translation>
    </message>
    <message>
        <source>stopping</source>
        <translation>正在停止</translation>
    </message>
    <message>
        <source>%1 left</source>
        <translation>剩余 %1</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Stop the run; it saves a checkpoint first</source>
        <translation>停止运行；会先保存检查点</translation>
    </message>
    <message>
        <source>%1/s</source>
        <translation>%1/秒</translation>
    </message>
</context>
<context>
    <name>diagonal::LabelEditor</name>
    <message>
        <source>One label a line</source>
        <translation>每行一个标签</translation>
    </message>
    <message>
        <source>Labels, one a line</source>
        <translation>标签，每行一个</translation>
    </message>
</context>
<context>
    <name>diagonal::LabelPane</name>
    <message numerus="yes">
        <source>remove %Ln image(s)</source>
        <translation>
            <numerusform>移除 %Ln 张图片</numerusform>
        </translation>
    </message>
    <message>
        <source>edit labels</source>
        <translation>编辑标签</translation>
    </message>
    <message numerus="yes">
        <source>%Ln image(s) written to %1</source>
        <translation>
            <numerusform>已将 %Ln 张图片的结果写入 %1</numerusform>
        </translation>
    </message>
    <message>
        <source>Open…</source>
        <translation>打开…</translation>
    </message>
    <message>
        <source>Open images (%1)</source>
        <translation>打开图片 (%1)</translation>
    </message>
    <message>
        <source>Paste</source>
        <translation>粘贴</translation>
    </message>
    <message>
        <source>Paste a picture or files (%1)</source>
        <translation>粘贴图片或文件 (%1)</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Undo: %1</source>
        <translation>撤销：%1</translation>
    </message>
    <message>
        <source>Picture</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>Panel</source>
        <translation>面板</translation>
    </message>
    <message>
        <source>Drop images to label them</source>
        <translation>拖放图片以标注</translation>
    </message>
    <message>
        <source>Files, whole folders, or a picture from your browser. Nothing leaves this computer.</source>
        <translation>可拖放文件、整个文件夹或浏览器中的图片。数据不会离开本机。</translation>
    </message>
    <message>
        <source>Open images…</source>
        <translation>打开图片…</translation>
    </message>
    <message>
        <source>Open folder…</source>
        <translation>打开文件夹…</translation>
    </message>
    <message numerus="yes">
        <source>%Ln label(s)</source>
        <translation>
            <numerusform>%Ln 个标签</numerusform>
        </translation>
    </message>
    <message>
        <source>No images yet</source>
        <translation>还没有图片</translation>
    </message>
    <message numerus="yes">
        <source>%Ln image(s)</source>
        <translation>
            <numerusform>%Ln 张图片</numerusform>
        </translation>
    </message>
    <message>
        <source>Looking for images…</source>
        <translation>正在查找图片…</translation>
    </message>
    <message>
        <source>%1 · %2</source>
        <comment>images and labels</comment>
        <translation>%1 · %2</translation>
    </message>
    <message>
        <source>There are no images yet</source>
        <translation>还没有图片</translation>
    </message>
    <message>
        <source>There are no labels yet</source>
        <translation>还没有标签</translation>
    </message>
    <message>
        <source>Stopped: %1 of %2 images are labelled</source>
        <translation>已停止：%2 张图片中已标注 %1 张</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Open a CLIP model…</source>
        <translation>打开 CLIP 模型…</translation>
    </message>
    <message>
        <source>Label</source>
        <translation>标注</translation>
    </message>
    <message>
        <source>&amp;Open images…</source>
        <translation>打开图片(&amp;O)…</translation>
    </message>
    <message>
        <source>Open &amp;folder…</source>
        <translation>打开文件夹(&amp;F)…</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>撤销(&amp;U)</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>重做(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Copy labels</source>
        <translation>复制标签(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Paste</source>
        <translation>粘贴(&amp;P)</translation>
    </message>
    <message>
        <source>Re&amp;move from the list</source>
        <translation>从列表中移除(&amp;M)</translation>
    </message>
    <message>
        <source>Select &amp;all</source>
        <translation>全选(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;Next image</source>
        <translation>下一张图片(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Previous image</source>
        <translation>上一张图片(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;Stop labelling</source>
        <translation>停止标注(&amp;S)</translation>
    </message>
    <message>
        <source>Open images</source>
        <translation>打开图片</translation>
    </message>
    <message numerus="yes">
        <source>%Ln image(s) taken out of the list; the files stay</source>
        <translation>
            <numerusform>已从列表中移除 %Ln 张图片；文件保留</numerusform>
        </translation>
    </message>
    <message>
        <source>Error: %1</source>
        <translation>错误：%1</translation>
    </message>
    <message>
        <source>Open containing folder</source>
        <translation>打开所在文件夹</translation>
    </message>
    <message>
        <source>Copy path</source>
        <translation>复制路径</translation>
    </message>
    <message>
        <source>Copy image</source>
        <translation>复制图片</translation>
    </message>
    <message>
        <source>Copying the picture</source>
        <translation>复制图片</translation>
    </message>
    <message>
        <source>Demo shapes</source>
        <translation>演示形状</translation>
    </message>
    <message>
        <source>&amp;Relevance</source>
        <translation>相关性(&amp;R)</translation>
    </message>
    <message>
        <source>Patch &amp;grid</source>
        <translation>图块网格(&amp;G)</translation>
    </message>
    <message>
        <source>&amp;Sort into folders…</source>
        <translation>分类到文件夹(&amp;S)…</translation>
    </message>
    <message>
        <source>Sort into folders…</source>
        <translation>分类到文件夹…</translation>
    </message>
    <message>
        <source>Copy or move the pictures into a folder for each label (%1)</source>
        <translation>将图片复制或移动到每个标签各自的文件夹 (%1)</translation>
    </message>
    <message>
        <source>A sort is under way</source>
        <translation>正在分类</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>比较</translation>
    </message>
    <message>
        <source>View</source>
        <translation>视图</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>导出…</translation>
    </message>
    <message>
        <source>All images with all labels, probabilities and cosines, as CSV or JSON</source>
        <translation>所有图片的全部标签、概率和余弦，CSV 或 JSON 格式</translation>
    </message>
    <message>
        <source>&amp;Export…</source>
        <translation>导出(&amp;E)…</translation>
    </message>
    <message>
        <source>Table</source>
        <translation>表格</translation>
    </message>
    <message>
        <source>%1 (%2)</source>
        <translation>%1（%2）</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>no picture lies in a folder that is named like a label</source>
        <translation>没有图片位于以标签命名的文件夹中</translation>
    </message>
    <message>
        <source>Name the folders like labels, or export another format.</source>
        <translation>请用标签命名文件夹，或导出其他格式。</translation>
    </message>
    <message>
        <source>no label</source>
        <translation>无标签</translation>
    </message>
    <message numerus="yes">
        <source>%1 (with an error: %Ln)</source>
        <translation>
            <numerusform>%1（其中 %Ln 个有错误）</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 Other things: %Ln picture(s)</source>
        <translation>
            <numerusform>%1其他内容：%Ln 张图片</numerusform>
        </translation>
    </message>
    <message>
        <source>Scores</source>
        <translation>分数</translation>
    </message>
    <message>
        <source>%1 of %2 selected</source>
        <translation>已选 %1，共 %2</translation>
    </message>
    <message>
        <source>&amp;Find…</source>
        <translation>查找(&amp;F)…</translation>
    </message>
    <message>
        <source>CSV</source>
        <translation>CSV</translation>
    </message>
    <message>
        <source>JSON</source>
        <translation>JSON</translation>
    </message>
    <message>
        <source>Confusion matrix</source>
        <translation>混淆矩阵</translation>
    </message>
    <message numerus="yes">
        <source>%1, %Ln of them without scores, which are not finished. Export again when they are</source>
        <translation>
            <numerusform>%1，其中 %Ln 张的分数尚未完成。完成后请再次导出</numerusform>
        </translation>
    </message>
    <message>
        <source>Stopped: the labels are not read, so no image has their scores</source>
        <translation>已停止：标签尚未读完，因此没有图片有其分数</translation>
    </message>
</context>
<context>
    <name>diagonal::LabelSession</name>
    <message>
        <source>Labelling</source>
        <translation>标注</translation>
    </message>
    <message>
        <source>Exporting</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>not labelled yet</source>
        <translation>尚未标注</translation>
    </message>
</context>
<context>
    <name>diagonal::LabelStrip</name>
    <message>
        <source>All images by top label</source>
        <translation>所有图片按首位标签统计</translation>
    </message>
    <message>
        <source>Counts</source>
        <translation>统计</translation>
    </message>
    <message>
        <source>By template</source>
        <translation>按模板</translation>
    </message>
    <message>
        <source>Nearest words</source>
        <translation>最接近的词</translation>
    </message>
    <message>
        <source>How each sentence around the labels moves the answer for this image</source>
        <translation>标签周围的每个句子如何影响此图片的答案</translation>
    </message>
    <message>
        <source>Which words of a vocabulary come nearest to this image</source>
        <translation>词汇表中哪些词与此图片最接近</translation>
    </message>
    <message>
        <source>What stands below the picture</source>
        <translation>图片下方显示的内容</translation>
    </message>
    <message>
        <source>Mean of all %1</source>
        <translation>全部 %1 个的均值</translation>
    </message>
    <message>
        <source>Mean of the best 7</source>
        <translation>最佳 7 个的均值</translation>
    </message>
    <message>
        <source>This image by template</source>
        <translation>此图片按模板</translation>
    </message>
    <message>
        <source>This is shown for up to %1 labels</source>
        <translation>标签不超过 %1 个时显示</translation>
    </message>
    <message>
        <source>Choose an image that has scores</source>
        <translation>请选择一张有分数的图片</translation>
    </message>
    <message>
        <source>“%1” in this image, by template</source>
        <translation>此图片中的“%1”，按模板</translation>
    </message>
    <message>
        <source>Nearest words (%1% read)</source>
        <translation>最接近的词（已读取 %1%）</translation>
    </message>
    <message>
        <source>Reading the vocabulary…</source>
        <translation>正在读取词汇表…</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Read the texts that are missing</source>
        <translation>读取尚缺的文本</translation>
    </message>
    <message>
        <source>There are no words to compare with</source>
        <translation>没有可比较的词</translation>
    </message>
    <message>
        <source>The vocabulary is not read</source>
        <translation>词表尚未读完</translation>
    </message>
</context>
<context>
    <name>diagonal::LeftOutDialog</name>
    <message>
        <source>What %1 leaves out</source>
        <translation>“%1”忽略的内容</translation>
    </message>
    <message>
        <source>Folders and files of these names are not looked at, but in folders that take hidden ones too. One name a line; * stands for any letters, ? for one.</source>
        <translation>名称在此列表中的文件夹和文件不会被查看；也收录隐藏文件夹的文件夹除外。每行一个名称；* 代表任意字符，? 代表一个字符。</translation>
    </message>
    <message>
        <source>Names that are left out</source>
        <translation>忽略的名称</translation>
    </message>
    <message>
        <source>Usual names</source>
        <translation>常用名称</translation>
    </message>
</context>
<context>
    <name>diagonal::LibraryDetails</name>
    <message>
        <source>Library %1</source>
        <translation>图库 %1</translation>
    </message>
    <message>
        <source>unknown (imported)</source>
        <translation>未知（导入）</translation>
    </message>
    <message>
        <source>Library</source>
        <translation>图库</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Numbers an embedding</source>
        <translation>每个嵌入的数值</translation>
    </message>
    <message>
        <source>On the disk</source>
        <translation>磁盘占用</translation>
    </message>
    <message>
        <source>Content</source>
        <translation>内容</translation>
    </message>
    <message>
        <source>Images</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>Videos</source>
        <translation>视频</translation>
    </message>
    <message>
        <source>Embeddings</source>
        <translation>嵌入</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>Not readable</source>
        <translation>无法读取</translation>
    </message>
    <message>
        <source>What could not be read</source>
        <translation>无法读取的文件</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>原因</translation>
    </message>
</context>
<context>
    <name>diagonal::LibrarySession</name>
    <message>
        <source>Opening the library</source>
        <translation>正在打开图库</translation>
    </message>
    <message>
        <source>Adding to the library</source>
        <translation>正在添加到图库</translation>
    </message>
    <message>
        <source>Taking a folder out of the library</source>
        <translation>正在从图库中移除文件夹</translation>
    </message>
    <message>
        <source>Changing the library</source>
        <translation>正在更改图库</translation>
    </message>
    <message>
        <source>Looking at the folders of %1</source>
        <translation>正在查看 %1 的文件夹</translation>
    </message>
    <message>
        <source>Indexing %1</source>
        <translation>正在索引 %1</translation>
    </message>
    <message>
        <source>files/s</source>
        <translation>个文件/秒</translation>
    </message>
</context>
<context>
    <name>diagonal::LineSlider</name>
    <message>
        <source>Line above which a hit counts</source>
        <translation>结果的分界线</translation>
    </message>
    <message>
        <source>The curve is this library&apos;s background for this search: what chance reaches. Double-click or press Home to let the line set itself</source>
        <translation>曲线是图库对此搜索的背景，即偶然所能达到的程度。双击或按 Home 键让分界线自动设定</translation>
    </message>
    <message>
        <source>%1, automatic</source>
        <translation>%1，自动</translation>
    </message>
</context>
<context>
    <name>diagonal::MainWindow</name>
    <message>
        <source>no pane can open this</source>
        <translation>没有面板能打开此内容</translation>
    </message>
    <message>
        <source>Drop images, folders, models or runs</source>
        <translation>请拖放图片、文件夹、模型或训练运行</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>文件(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>编辑(&amp;E)</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>视图(&amp;V)</translation>
    </message>
    <message>
        <source>&amp;Model</source>
        <translation>模型(&amp;M)</translation>
    </message>
    <message>
        <source>&amp;Run</source>
        <translation>运行(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Window</source>
        <translation>窗口(&amp;W)</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>帮助(&amp;H)</translation>
    </message>
    <message>
        <source>Next panel</source>
        <translation>下一区域</translation>
    </message>
    <message>
        <source>Previous panel</source>
        <translation>上一区域</translation>
    </message>
    <message>
        <source>Full screen</source>
        <translation>全屏</translation>
    </message>
    <message>
        <source>User guide</source>
        <translation>用户指南</translation>
    </message>
    <message>
        <source>Keyboard shortcuts…</source>
        <translation>键盘快捷键…</translation>
    </message>
    <message>
        <source>About Diagonal…</source>
        <translation>关于 Diagonal…</translation>
    </message>
    <message>
        <source>Open…</source>
        <translation>打开…</translation>
    </message>
    <message>
        <source>Open folder…</source>
        <translation>打开文件夹…</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>外观</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Demo model</source>
        <translation>演示模型</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>打开文件夹</translation>
    </message>
    <message>
        <source>Models…</source>
        <translation>模型…</translation>
    </message>
    <message>
        <source>Model details</source>
        <translation>模型详情</translation>
    </message>
    <message numerus="yes">
        <source>%n more</source>
        <translation>
            <numerusform>还有 %n 条</numerusform>
        </translation>
    </message>
    <message>
        <source>All messages</source>
        <translation>所有消息</translation>
    </message>
    <message>
        <source>Work is going on</source>
        <translation>工作正在进行</translation>
    </message>
    <message>
        <source>Stop it and close? What is not done yet will be missing.</source>
        <translation>停止并关闭？尚未完成的部分将会缺失。</translation>
    </message>
    <message>
        <source>Stop and close</source>
        <translation>停止并关闭</translation>
    </message>
    <message>
        <source>Messages…</source>
        <translation>消息…</translation>
    </message>
</context>
<context>
    <name>diagonal::MatrixPane</name>
    <message>
        <source>Add images…</source>
        <translation>添加图片…</translation>
    </message>
    <message>
        <source>Add images</source>
        <translation>添加图片</translation>
    </message>
    <message>
        <source>Open pairs…</source>
        <translation>打开图文对…</translation>
    </message>
    <message>
        <source>Images with captions</source>
        <translation>带描述的图片</translation>
    </message>
    <message>
        <source>Tables (*.csv *.tsv *.txt);;All files (*)</source>
        <translation>表格 (*.csv *.tsv *.txt);;所有文件 (*)</translation>
    </message>
    <message>
        <source>Export matrix…</source>
        <translation>导出矩阵…</translation>
    </message>
    <message>
        <source>Edit captions…</source>
        <translation>编辑描述…</translation>
    </message>
    <message>
        <source>Copy picture of the matrix</source>
        <translation>复制矩阵图片</translation>
    </message>
    <message>
        <source>Remove all images and captions</source>
        <translation>移除所有图片和描述</translation>
    </message>
    <message>
        <source>Fit</source>
        <translation>适应窗口</translation>
    </message>
    <message>
        <source>Zoom in</source>
        <translation>放大</translation>
    </message>
    <message>
        <source>Zoom out</source>
        <translation>缩小</translation>
    </message>
    <message>
        <source>Pairs shown</source>
        <translation>显示的图文对</translation>
    </message>
    <message numerus="yes">
        <source>first %Ln</source>
        <translation>
            <numerusform>前 %Ln 对</numerusform>
        </translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>导出…</translation>
    </message>
    <message>
        <source>Compare images with captions</source>
        <translation>比较图片与描述</translation>
    </message>
    <message>
        <source>Drop images and type captions, or open a file of pairs. Every image is compared with every caption; matching pairs stand on the diagonal.</source>
        <translation>拖放图片并输入描述，或打开图文对文件。每张图片都与每条描述比较；匹配的图文对位于对角线上。</translation>
    </message>
    <message>
        <source>Try with sample scenes</source>
        <translation>用示例场景试试</translation>
    </message>
    <message>
        <source>Opening pairs</source>
        <translation>打开图文对</translation>
    </message>
    <message>
        <source>Drawing scenes</source>
        <translation>绘制场景</translation>
    </message>
    <message>
        <source>%1, %2 of %3 pairs</source>
        <translation>%1，%3 对中的 %2 对</translation>
    </message>
    <message numerus="yes">
        <source>%1, %Ln pairs</source>
        <translation>
            <numerusform>%1，%Ln 对</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln images</source>
        <translation>
            <numerusform>%Ln 张图片</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln captions</source>
        <translation>
            <numerusform>%Ln 条描述</numerusform>
        </translation>
    </message>
    <message>
        <source>Drop images here</source>
        <translation>将图片拖放到此处</translation>
    </message>
    <message>
        <source>Type captions, one a line</source>
        <translation>输入描述，每行一条</translation>
    </message>
    <message>
        <source>Each is compared with every caption.</source>
        <translation>每张图片与每条描述比较。</translation>
    </message>
    <message>
        <source>Each is compared with every image.</source>
        <translation>每条描述与每张图片比较。</translation>
    </message>
    <message>
        <source>Needs images and captions</source>
        <translation>需要图片和描述</translation>
    </message>
    <message>
        <source>%1. The other images are compared.</source>
        <translation>%1。其余图片已比较。</translation>
    </message>
    <message>
        <source>This model knows coloured shapes and nothing else.</source>
        <translation>此模型只认识彩色形状。</translation>
    </message>
    <message>
        <source>Open a CLIP model…</source>
        <translation>打开 CLIP 模型…</translation>
    </message>
    <message>
        <source>Export matrix</source>
        <translation>导出矩阵</translation>
    </message>
    <message>
        <source>Copied a picture of the matrix</source>
        <translation>已复制矩阵图片</translation>
    </message>
    <message>
        <source>Matrix</source>
        <translation>矩阵</translation>
    </message>
    <message numerus="yes">
        <source>%1 and %n more</source>
        <translation>
            <numerusform>%1，另有 %n 个</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln caption(s) are longer than this model reads; their ends are left out.</source>
        <translation>
            <numerusform>%Ln 条描述超过此模型可读的长度，末尾被省略。</numerusform>
        </translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>撤销(&amp;U)</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>重做(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Paste</source>
        <translation>粘贴(&amp;P)</translation>
    </message>
    <message>
        <source>remove all images and captions</source>
        <translation>移除所有图片和说明文字</translation>
    </message>
    <message numerus="yes">
        <source>A matrix shows %1 images; %Ln were left out</source>
        <translation>
            <numerusform>矩阵最多显示 %1 张图片；%Ln 张未列入</numerusform>
        </translation>
    </message>
    <message>
        <source>CSV table</source>
        <translation>CSV 表格</translation>
    </message>
    <message>
        <source>NumPy array</source>
        <translation>NumPy 数组</translation>
    </message>
    <message>
        <source>PNG picture</source>
        <translation>PNG 图片</translation>
    </message>
    <message>
        <source>Stopped: the matrix is not finished</source>
        <translation>已停止：矩阵尚未完成</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>继续</translation>
    </message>
</context>
<context>
    <name>diagonal::MatrixSession</name>
    <message>
        <source>Embedding images</source>
        <translation>嵌入图片</translation>
    </message>
    <message>
        <source>Comparing</source>
        <translation>比较</translation>
    </message>
</context>
<context>
    <name>diagonal::MatrixSide</name>
    <message>
        <source>Value</source>
        <translation>数值</translation>
    </message>
    <message>
        <source>Colours</source>
        <translation>配色</translation>
    </message>
    <message>
        <source>Viridis</source>
        <translation>Viridis</translation>
    </message>
    <message>
        <source>Magma</source>
        <translation>Magma</translation>
    </message>
    <message>
        <source>Cividis</source>
        <translation>Cividis</translation>
    </message>
    <message>
        <source>Cosine</source>
        <translation>余弦</translation>
    </message>
    <message>
        <source>Logit</source>
        <translation>Logit</translation>
    </message>
    <message>
        <source>Row</source>
        <translation>行</translation>
    </message>
    <message>
        <source>Column</source>
        <translation>列</translation>
    </message>
    <message>
        <source>Both</source>
        <translation>行列</translation>
    </message>
    <message>
        <source>Cosine divided by the temperature</source>
        <translation>余弦除以温度</translation>
    </message>
    <message>
        <source>Softmax by row: each image over all captions</source>
        <translation>按行 softmax：每张图片对所有描述</translation>
    </message>
    <message>
        <source>Softmax by column: each caption over all images</source>
        <translation>按列 softmax：每条描述对所有图片</translation>
    </message>
    <message>
        <source>Geometric mean of row and column softmax</source>
        <translation>行与列 softmax 的几何平均</translation>
    </message>
    <message>
        <source>image-to-text</source>
        <translation>图到文</translation>
    </message>
    <message>
        <source>text-to-image</source>
        <translation>文到图</translation>
    </message>
    <message>
        <source>temperature</source>
        <translation>温度</translation>
    </message>
    <message>
        <source>Order</source>
        <translation>排序</translation>
    </message>
    <message>
        <source>As given</source>
        <translation>原始顺序</translation>
    </message>
    <message>
        <source>Like beside like</source>
        <translation>相似者相邻</translation>
    </message>
    <message>
        <source>Worst pairs first</source>
        <translation>最差的图文对在前</translation>
    </message>
    <message>
        <source>Image-to-text R@1</source>
        <translation>图到文 R@1</translation>
    </message>
    <message>
        <source>R@5</source>
        <translation>R@5</translation>
    </message>
    <message>
        <source>Text-to-image R@1</source>
        <translation>文到图 R@1</translation>
    </message>
    <message>
        <source>chance: ln %1 = %2</source>
        <translation>随机水平：ln %1 = %2</translation>
    </message>
    <message>
        <source>The loss is lowest at %1</source>
        <translation>损失在 %1 处最低</translation>
    </message>
    <message>
        <source>Loss of the pairs at each temperature</source>
        <translation>各温度下图文对的损失</translation>
    </message>
</context>
<context>
    <name>diagonal::MatrixSource</name>
    <message>
        <source>there is no image with a caption in it</source>
        <translation>其中没有带描述的图片</translation>
    </message>
    <message>
        <source>Choose a CSV file with columns for image and caption, or a Flickr8k folder</source>
        <translation>请选择含图片列和描述列的 CSV 文件，或 Flickr8k 文件夹</translation>
    </message>
    <message>
        <source>%1 test</source>
        <translation>%1 测试集</translation>
    </message>
    <message>
        <source>Sample scenes</source>
        <translation>示例场景</translation>
    </message>
</context>
<context>
    <name>diagonal::MatrixView</name>
    <message>
        <source>Similarity of images and captions</source>
        <translation>图片与描述的相似度</translation>
    </message>
    <message>
        <source>image %1, text %2, cosine %3</source>
        <translation>图片 %1，文本 %2，余弦 %3</translation>
    </message>
    <message>
        <source>Rank</source>
        <translation>排名</translation>
    </message>
    <message>
        <source>%1 on the diagonal</source>
        <translation>对角线上 %1</translation>
    </message>
    <message>
        <source>%1 off it</source>
        <translation>对角线外 %1</translation>
    </message>
    <message>
        <source>%1 cells</source>
        <translation>%1 个单元格</translation>
    </message>
    <message>
        <source>This image could not be read.</source>
        <translation>无法读取此图片。</translation>
    </message>
    <message>
        <source>A pair.</source>
        <translation>匹配的图文对。</translation>
    </message>
    <message>
        <source>Not a pair. Own caption: %1</source>
        <translation>不匹配。原描述：%1</translation>
    </message>
</context>
<context>
    <name>diagonal::MemoryLine</name>
    <message>
        <source>weights</source>
        <translation>权重</translation>
    </message>
    <message>
        <source>optimizer</source>
        <translation>优化器</translation>
    </message>
    <message>
        <source>moving average</source>
        <translation>移动平均</translation>
    </message>
    <message>
        <source>gradients</source>
        <translation>梯度</translation>
    </message>
    <message>
        <source>weights in half precision</source>
        <translation>半精度权重</translation>
    </message>
    <message>
        <source>activations</source>
        <translation>激活值</translation>
    </message>
    <message>
        <source>features and loss</source>
        <translation>特征与损失</translation>
    </message>
    <message>
        <source>next batches</source>
        <translation>后续批次</translation>
    </message>
    <message>
        <source>validation pictures</source>
        <translation>验证图片</translation>
    </message>
    <message>
        <source>decoded pictures</source>
        <translation>已解码的图片</translation>
    </message>
    <message>
        <source>the program</source>
        <translation>程序本身</translation>
    </message>
    <message>
        <source>Memory: about %1</source>
        <translation>内存：约 %1</translation>
    </message>
    <message>
        <source>Memory of the GPU: about %1</source>
        <translation>GPU 内存：约 %1</translation>
    </message>
    <message>
        <source>; only %1 are free</source>
        <translation>；仅有 %1 可用</translation>
    </message>
    <message>
        <source>; %1 are free</source>
        <translation>；%1 可用</translation>
    </message>
    <message>
        <source>%1 %2</source>
        <translation>%1 %2</translation>
    </message>
    <message>
        <source>pictures of a batch and the next</source>
        <translation>本批与下一批的图片</translation>
    </message>
    <message>
        <source>sums of gradients</source>
        <translation>梯度之和</translation>
    </message>
    <message>
        <source>FastCLIP&apos;s estimates</source>
        <translation>FastCLIP 的估计值</translation>
    </message>
    <message>
        <source>features of the pictures</source>
        <translation>图片特征</translation>
    </message>
</context>
<context>
    <name>diagonal::MetricTiles</name>
    <message>
        <source>Throughput</source>
        <translation>吞吐量</translation>
    </message>
    <message>
        <source>Waiting for data</source>
        <translation>等待数据</translation>
    </message>
    <message>
        <source>GPU</source>
        <translation>GPU</translation>
    </message>
    <message>
        <source>GPU memory</source>
        <translation>GPU 显存</translation>
    </message>
    <message>
        <source>GPU power</source>
        <translation>GPU 功率</translation>
    </message>
    <message>
        <source>samples/s</source>
        <translation>样本/秒</translation>
    </message>
    <message>
        <source>% of the time</source>
        <translation>% 的时间</translation>
    </message>
</context>
<context>
    <name>diagonal::ModelButton</name>
    <message>
        <source>Model: %1</source>
        <translation>模型：%1</translation>
    </message>
</context>
<context>
    <name>diagonal::ModelDelegate</name>
    <message>
        <source>Get</source>
        <translation>获取</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>diagonal::ModelDownloads</name>
    <message>
        <source>Getting %1</source>
        <translation>获取 %1</translation>
    </message>
</context>
<context>
    <name>diagonal::ModelList</name>
    <message>
        <source>No model has all these words</source>
        <translation>没有模型包含所有这些词</translation>
    </message>
    <message>
        <source>Open file…</source>
        <translation>打开文件…</translation>
    </message>
    <message>
        <source>Open folder…</source>
        <translation>打开文件夹…</translation>
    </message>
    <message>
        <source>A file with weights: .pt, .bin or .safetensors</source>
        <translation>权重文件：.pt、.bin 或 .safetensors</translation>
    </message>
    <message>
        <source>A folder of open_clip or Hugging Face, or a run</source>
        <translation>open_clip 或 Hugging Face 文件夹，或训练运行</translation>
    </message>
    <message>
        <source>Filter models</source>
        <translation>筛选模型</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Use this model</source>
        <translation>使用此模型</translation>
    </message>
    <message>
        <source>Get</source>
        <translation>获取</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Remove…</source>
        <translation>删除…</translation>
    </message>
    <message>
        <source>Compare…</source>
        <translation>比较…</translation>
    </message>
    <message>
        <source>Which model is best for your pictures: recall and time of several, side by side</source>
        <translation>哪个模型最适合您的图片：多个模型的召回率和时间并列显示</translation>
    </message>
</context>
<context>
    <name>diagonal::ModelListModel</name>
    <message>
        <source>Open now</source>
        <translation>当前打开</translation>
    </message>
    <message>
        <source>Recent</source>
        <translation>最近打开</translation>
    </message>
    <message>
        <source>On this computer</source>
        <translation>本机已有</translation>
    </message>
    <message>
        <source>To get</source>
        <translation>可获取</translation>
    </message>
    <message>
        <source>Stopping</source>
        <translation>正在停止</translation>
    </message>
    <message>
        <source>Connecting</source>
        <translation>正在连接</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 / %2</translation>
    </message>
    <message>
        <source>%1/s</source>
        <translation>%1/秒</translation>
    </message>
    <message>
        <source>%1 left</source>
        <translation>剩余 %1</translation>
    </message>
</context>
<context>
    <name>diagonal::ModelPage</name>
    <message>
        <source>For scenes: minutes on two processor cores.</source>
        <translation>用于场景：双核处理器上只需几分钟。</translation>
    </message>
    <message>
        <source>For a few thousand pictures on a laptop.</source>
        <translation>适合在笔记本电脑上训练几千张图片。</translation>
    </message>
    <message>
        <source>For tens of thousands of photographs; hours on a laptop.</source>
        <translation>适合数万张照片；笔记本电脑上需数小时。</translation>
    </message>
    <message>
        <source>%1 M parameters</source>
        <translation>%1 M 参数</translation>
    </message>
    <message>
        <source>Which model?</source>
        <translation>使用哪个模型？</translation>
    </message>
    <message>
        <source>A new model starts from random weights and a tokenizer made from the captions. Fine-tuning goes on from a model that knows something.</source>
        <translation>新模型从随机权重开始，并根据描述生成分词器。微调则在已有知识的模型上继续训练。</translation>
    </message>
    <message>
        <source>%1 px · %2</source>
        <translation>%1 像素 · %2</translation>
    </message>
    <message>
        <source>Fine-tune %1</source>
        <translation>微调 %1</translation>
    </message>
    <message>
        <source>the open model</source>
        <translation>当前打开的模型</translation>
    </message>
    <message>
        <source>Goes on from its weights and its tokenizer, with a small learning rate.</source>
        <translation>沿用其权重和分词器，以较小的学习率继续训练。</translation>
    </message>
    <message>
        <source>%1, fine-tuned</source>
        <translation>%1，微调</translation>
    </message>
    <message>
        <source>%1, from scratch</source>
        <translation>%1，从头训练</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Published architecture</source>
        <translation>已发布的架构</translation>
    </message>
    <message>
        <source>A published architecture</source>
        <translation>已发布的架构</translation>
    </message>
    <message>
        <source>Of OpenAI, open_clip or SigLIP. Needs a GPU and millions of pairs.</source>
        <translation>来自 OpenAI、open_clip 或 SigLIP。需要 GPU 和数百万图文对。</translation>
    </message>
    <message>
        <source>Both towers</source>
        <translation>两个塔</translation>
    </message>
    <message>
        <source>Text tower</source>
        <translation>文本塔</translation>
    </message>
    <message>
        <source>Image tower</source>
        <translation>图像塔</translation>
    </message>
    <message>
        <source>Train</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>Advanced</source>
        <translation>高级</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>49,408 pieces of English, as the published models have them.</source>
        <translation>49,408 个英文词元，与已发布的模型相同。</translation>
    </message>
    <message>
        <source>Made for this data, in any language.</source>
        <translation>针对此数据生成，支持任何语言。</translation>
    </message>
    <message>
        <source>Pieces, at most. Few captions give fewer.</source>
        <translation>词元数上限。描述较少时会更少。</translation>
    </message>
    <message>
        <source>The image tower is locked (LiT): quick, and what it sees stays as good as it is.</source>
        <translation>锁定图像塔（LiT）：训练快，识别能力保持不变。</translation>
    </message>
    <message>
        <source>The text tower is locked: labels that it knows keep their meaning.</source>
        <translation>锁定文本塔：已知标签的含义保持不变。</translation>
    </message>
    <message>
        <source>The whole model learns. With few pictures, lock a tower.</source>
        <translation>训练整个模型。图片较少时，请锁定一个塔。</translation>
    </message>
    <message>
        <source>The image tower is locked.</source>
        <translation>图像塔已锁定。</translation>
    </message>
    <message>
        <source>Part of the patches that a step leaves out, such as 0.5: faster with large batches. For vision transformers.</source>
        <translation>每步舍弃的图块比例，例如 0.5：大批次时更快。适用于视觉 Transformer。</translation>
    </message>
    <message>
        <source>patch dropout %1</source>
        <translation>图块丢弃 %1</translation>
    </message>
    <message>
        <source>no patch dropout</source>
        <translation>无图块丢弃</translation>
    </message>
    <message>
        <source>%1, its text tower</source>
        <translation>%1，仅文本塔</translation>
    </message>
    <message>
        <source>%1, its image tower</source>
        <translation>%1，仅图像塔</translation>
    </message>
    <message>
        <source>one, of the model&apos;s size</source>
        <translation>一个阶段，用模型的尺寸</translation>
    </message>
    <message>
        <source>none: the weights learn</source>
        <translation>无：训练权重本身</translation>
    </message>
    <message>
        <source>Their rank, such as 8: beside weights that stand still little learns, and little memory is needed. A learning rate of 1e-4 suits them.</source>
        <translation>低秩项的秩，例如 8：权重保持不变，只训练少量参数，占用内存少。学习率 1e-4 较合适。</translation>
    </message>
    <message>
        <source>stages %1</source>
        <translation>阶段 %1</translation>
    </message>
    <message>
        <source>LoRA of rank %1</source>
        <translation>LoRA，秩 %1</translation>
    </message>
    <message>
        <source>Share of the steps, pixels, patch dropout: 0.75:112:0.5,0.25:224 learns from small pictures first, which is quicker, and ends at the full size.</source>
        <translation>步数份额、像素、图块丢弃：0.75:112:0.5,0.25:224 先用小图片学习，速度更快，最后用完整尺寸。</translation>
    </message>
    <message>
        <source>Write share:size or share:size:dropout, one behind the other with commas, with shares that add up to 1.</source>
        <translation>请写成 份额:尺寸 或 份额:尺寸:丢弃，用逗号分隔，份额之和为 1。</translation>
    </message>
    <message>
        <source>A file of timm or torchvision, such as resnet50&apos;s.</source>
        <translation>timm 或 torchvision 的文件，例如 resnet50 的权重。</translation>
    </message>
    <message>
        <source>Weights of the image tower</source>
        <translation>图像塔的权重</translation>
    </message>
    <message>
        <source>A folder of Hugging Face with its tokenizer, such as DistilBERT&apos;s.</source>
        <translation>带分词器的 Hugging Face 文件夹，例如 DistilBERT。</translation>
    </message>
    <message>
        <source>Weights of the text tower</source>
        <translation>文本塔的权重</translation>
    </message>
    <message>
        <source>Its head learns all the same.</source>
        <translation>它的投影头仍会学习。</translation>
    </message>
    <message>
        <source>Choose the weights that this tower begins with.</source>
        <translation>请选择该塔的初始权重。</translation>
    </message>
    <message>
        <source>There is nothing at this place.</source>
        <translation>此处没有任何文件。</translation>
    </message>
    <message>
        <source>Two pretrained towers</source>
        <translation>两个预训练塔</translation>
    </message>
    <message>
        <source>A picture tower and a text tower that were trained apart, with new heads behind them: learns from a few thousand photographs.</source>
        <translation>分别训练过的图像塔和文本塔，后接新的投影头：几千张照片即可学习。</translation>
    </message>
    <message>
        <source>two pretrained towers</source>
        <translation>两个预训练塔</translation>
    </message>
    <message>
        <source>Looking for it…</source>
        <translation>正在查找…</translation>
    </message>
</context>
<context>
    <name>diagonal::ModelScoreDelegate</name>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>computing</source>
        <translation>计算中</translation>
    </message>
</context>
<context>
    <name>diagonal::ModelScoring</name>
    <message>
        <source>Comparing models</source>
        <translation>正在比较模型</translation>
    </message>
</context>
<context>
    <name>diagonal::ModelsPane</name>
    <message>
        <source>Choose a model to see what is in it</source>
        <translation>选择模型以查看其内容</translation>
    </message>
    <message>
        <source>Or drop one: a folder, or a file with weights. Nothing that a file holds is executed.</source>
        <translation>也可拖放文件夹或权重文件。文件中的任何内容都不会被执行。</translation>
    </message>
    <message>
        <source>Open file…</source>
        <translation>打开文件…</translation>
    </message>
    <message>
        <source>Open folder…</source>
        <translation>打开文件夹…</translation>
    </message>
    <message>
        <source>Open another file…</source>
        <translation>打开其他文件…</translation>
    </message>
    <message>
        <source>Open another folder…</source>
        <translation>打开其他文件夹…</translation>
    </message>
    <message>
        <source>Drop one model: a folder or a file</source>
        <translation>请拖放一个模型：文件夹或文件</translation>
    </message>
    <message>
        <source>%1 is on this computer now</source>
        <translation>%1 已下载到本机</translation>
    </message>
    <message>
        <source>&amp;Open a model file…</source>
        <translation>打开模型文件(&amp;O)…</translation>
    </message>
    <message>
        <source>Open a model &amp;folder…</source>
        <translation>打开模型文件夹(&amp;F)…</translation>
    </message>
    <message>
        <source>Open a model</source>
        <translation>打开模型</translation>
    </message>
    <message>
        <source>Models (*.pt *.pth *.bin *.safetensors *config.json *.index.json);;All files (*)</source>
        <translation>模型 (*.pt *.pth *.bin *.safetensors *config.json *.index.json);;所有文件 (*)</translation>
    </message>
    <message>
        <source>Open a model: a folder of open_clip or Hugging Face, or a run</source>
        <translation>打开模型：open_clip 或 Hugging Face 文件夹，或训练运行</translation>
    </message>
    <message>
        <source>Demo model</source>
        <translation>演示模型</translation>
    </message>
    <message>
        <source>Coloured shapes; comes with Diagonal</source>
        <translation>彩色形状；随 Diagonal 提供</translation>
    </message>
    <message>
        <source>Reading %1</source>
        <translation>正在读取 %1</translation>
    </message>
    <message>
        <source>%1 cannot be opened</source>
        <translation>无法打开 %1</translation>
    </message>
    <message>
        <source>Remove a model</source>
        <translation>删除模型</translation>
    </message>
    <message>
        <source>Remove %1 (%2) from this computer? It can be got again.</source>
        <translation>从本机删除 %1（%2）？之后可重新获取。</translation>
    </message>
    <message>
        <source>Removing %1</source>
        <translation>删除 %1</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>&amp;Compare models…</source>
        <translation>比较模型(&amp;C)…</translation>
    </message>
</context>
<context>
    <name>diagonal::MomentTimeline</name>
    <message>
        <source>Time in the video</source>
        <translation>视频中的时间</translation>
    </message>
    <message>
        <source>line %1</source>
        <translation>分界线 %1</translation>
    </message>
</context>
<context>
    <name>diagonal::MonitorHead</name>
    <message>
        <source>fine-tuned</source>
        <translation>微调</translation>
    </message>
    <message>
        <source>from scratch</source>
        <translation>从头训练</translation>
    </message>
    <message>
        <source>batch %1</source>
        <translation>批次大小 %1</translation>
    </message>
    <message>
        <source>Change options…</source>
        <translation>更改选项…</translation>
    </message>
    <message>
        <source>Use this model</source>
        <translation>使用此模型</translation>
    </message>
    <message>
        <source>Opens the newest model of this run and labels pictures with it</source>
        <translation>打开此运行的最新模型并用它标注图片</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>恢复</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Saves a checkpoint after this step and stops. Resume goes on from there.</source>
        <translation>在此步之后保存检查点并停止。恢复时从该处继续。</translation>
    </message>
    <message>
        <source>Open the run folder</source>
        <translation>打开运行文件夹</translation>
    </message>
    <message>
        <source>Another run is training. Stop it, or wait for its end.</source>
        <translation>另一个运行正在训练。请停止它，或等待其结束。</translation>
    </message>
    <message>
        <source>Step %1 of %2</source>
        <translation>第 %1 步，共 %2 步</translation>
    </message>
    <message>
        <source>%1 elapsed</source>
        <translation>已用 %1</translation>
    </message>
    <message>
        <source>%1 left</source>
        <translation>剩余 %1</translation>
    </message>
    <message>
        <source>saving a checkpoint…</source>
        <translation>正在保存检查点…</translation>
    </message>
</context>
<context>
    <name>diagonal::MostConfusedModel</name>
    <message>
        <source>as %1</source>
        <comment>confused with a class</comment>
        <translation>误认为 %1</translation>
    </message>
    <message>
        <source>%1 as %2: %3</source>
        <translation>%1 误认为 %2：%3</translation>
    </message>
</context>
<context>
    <name>diagonal::NoticeBar</name>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>diagonal::ObjectivePage</name>
    <message>
        <source>How should it learn?</source>
        <translation>如何学习？</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>步数</translation>
    </message>
    <message>
        <source>Epochs</source>
        <translation>轮数</translation>
    </message>
    <message>
        <source>Length</source>
        <translation>训练长度</translation>
    </message>
    <message>
        <source>Pairs in a step. Larger means more negatives for each picture.</source>
        <translation>每步的图文对数。越大则每张图片的负样本越多。</translation>
    </message>
    <message>
        <source>Part of the loss that learns from %1, such as 0.7.</source>
        <translation>损失中向 %1 学习的部分，例如 0.7。</translation>
    </message>
    <message>
        <source>Needs a pack with a teacher: diagonal-cli dataset pack … --teacher MODEL.</source>
        <translation>需要带有教师的打包数据：diagonal-cli dataset pack … --teacher MODEL。</translation>
    </message>
    <message>
        <source>The highest. From scratch about 5e-4; fine-tuning wants 1e-6 to 1e-5.</source>
        <translation>最高值。从头训练约 5e-4；微调宜取 1e-6 到 1e-5。</translation>
    </message>
    <message>
        <source>Not on biases, gains and the logit scale.</source>
        <translation>不作用于偏置、增益和 logit 缩放。</translation>
    </message>
    <message>
        <source>More than the %1 training images: every batch is all of them.</source>
        <translation>超过 %1 张训练图片：每个批次都包含全部图片。</translation>
    </message>
    <message>
        <source>A step is one batch, an epoch once through all training images.</source>
        <translation>一步为一个批次，一轮为遍历全部训练图片一次。</translation>
    </message>
    <message>
        <source>%1 steps: %2 times through %3 images.</source>
        <translation>%1 步：遍历 %3 张图片 %2 次。</translation>
    </message>
    <message numerus="yes">
        <source>%n epochs</source>
        <translation>
            <numerusform>%n 轮</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 steps</source>
        <translation>%1 步</translation>
    </message>
    <message>
        <source>batch %1, %2</source>
        <translation>批次大小 %1，%2</translation>
    </message>
    <message>
        <source>Objective</source>
        <translation>目标</translation>
    </message>
    <message>
        <source>Contrastive, but equal pictures and equal captions of a batch share the probability: for class folders and captions that repeat.</source>
        <translation>同对比损失，但批次中相同的图片或描述分享概率：适用于类别文件夹和重复的描述。</translation>
    </message>
    <message>
        <source>Says of each pair for itself whether it belongs together, as SigLIP does. Good with small batches too.</source>
        <translation>逐对判断图文是否匹配，与 SigLIP 相同。小批次时同样有效。</translation>
    </message>
    <message>
        <source>Each picture has to find its caption among all others of the batch, and each caption its picture, as CLIP does.</source>
        <translation>每张图片要在批次中找到自己的描述，每条描述也要找到自己的图片，与 CLIP 相同。</translation>
    </message>
    <message>
        <source>What a batch has to get right, how large it is, and how far each step goes.</source>
        <translation>批次要学会什么、批次多大、每步走多远。</translation>
    </message>
    <message>
        <source>Steps until the highest learning rate.</source>
        <translation>达到最高学习率所需的步数。</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Unit of the length</source>
        <translation>时长单位</translation>
    </message>
    <message>
        <source>Temperature and targets</source>
        <translation>温度与目标</translation>
    </message>
    <message>
        <source>Low is decided, high is careful.</source>
        <translation>低则果断，高则谨慎。</translation>
    </message>
    <message>
        <source>the model&apos;s own</source>
        <translation>模型自身的值</translation>
    </message>
    <message>
        <source>A learned temperature stays above it.</source>
        <translation>学习到的温度不会低于此值。</translation>
    </message>
    <message>
        <source>Part of the probability that all captions of a batch share.</source>
        <translation>由批次中所有描述均分的概率比例。</translation>
    </message>
    <message>
        <source>the teacher&apos;s own</source>
        <translation>教师自身的温度</translation>
    </message>
    <message>
        <source>Else it is learned with the weights.</source>
        <translation>否则与权重一起学习。</translation>
    </message>
    <message>
        <source>Schedule and optimizer</source>
        <translation>调度与优化器</translation>
    </message>
    <message>
        <source>Of the learning rate after the warm-up.</source>
        <translation>预热之后学习率的变化方式。</translation>
    </message>
    <message>
        <source>as above</source>
        <translation>同上</translation>
    </message>
    <message>
        <source>Longer gradients are shortened to it.</source>
        <translation>更长的梯度会缩短到此值。</translation>
    </message>
    <message>
        <source>any</source>
        <translation>不限</translation>
    </message>
    <message>
        <source>Of AdamW: memory of the gradient.</source>
        <translation>AdamW：梯度的记忆。</translation>
    </message>
    <message>
        <source>Of AdamW: memory of its square.</source>
        <translation>AdamW：梯度平方的记忆。</translation>
    </message>
    <message>
        <source>Of AdamW: keeps quotients finite.</source>
        <translation>AdamW：使商保持有限。</translation>
    </message>
    <message>
        <source>A batch whose gradient is so many times the usual is left out.</source>
        <translation>梯度达到平常若干倍的批次会被舍弃。</translation>
    </message>
    <message>
        <source>never</source>
        <translation>从不</translation>
    </message>
    <message>
        <source>Such as 0.999. The averaged weights become the model.</source>
        <translation>例如 0.999。平均后的权重成为模型。</translation>
    </message>
    <message>
        <source>The image tower is locked.</source>
        <translation>图像塔已锁定。</translation>
    </message>
    <message>
        <source>The text tower is locked.</source>
        <translation>文本塔已锁定。</translation>
    </message>
    <message>
        <source>Give at least the lowest temperature, or lower that.</source>
        <translation>不得低于最低温度，或调低最低温度。</translation>
    </message>
    <message>
        <source>%1, %2</source>
        <translation>%1，%2</translation>
    </message>
    <message>
        <source>Each layer learns at so many times the rate of the one above it. 0.6 to 0.9 to fine-tune; 1: all alike.</source>
        <translation>每一层的学习率是其上一层的这么多倍。微调用 0.6 到 0.9；1：全部相同。</translation>
    </message>
    <message>
        <source>Contrastive, for batches that are small beside the data: each picture and caption remembers how hard it was to tell apart.</source>
        <translation>对比损失，适合批次远小于数据集的情况：每张图片和每条说明都记住自己曾有多难区分。</translation>
    </message>
    <message>
        <source>Constant, a third of it from 0.03 down.</source>
        <translation>保持不变，温度降到 0.03 以下时为其三分之一。</translation>
    </message>
    <message>
        <source>as the weights; FastCLIP 2e-4</source>
        <translation>与权重相同；FastCLIP 为 2e-4</translation>
    </message>
    <message>
        <source>Share of the newest batch in what is remembered, at last.</source>
        <translation>最新批次在记忆中最终所占的比例。</translation>
    </message>
    <message>
        <source>From 1 at the start.</source>
        <translation>开始时为 1。</translation>
    </message>
    <message>
        <source>half of all</source>
        <translation>全部的一半</translation>
    </message>
    <message>
        <source>More keeps the temperature lower.</source>
        <translation>越大，温度保持得越低。</translation>
    </message>
    <message>
        <source>The loss sees embeddings of length 1, as search does; else as they are.</source>
        <translation>损失使用长度为 1 的嵌入，与搜索相同；否则使用原样的嵌入。</translation>
    </message>
    <message>
        <source>Low: only what is very much alike.</source>
        <translation>低：只有非常相似的才算。</translation>
    </message>
    <message>
        <source>1 / temperature</source>
        <translation>1 / 温度</translation>
    </message>
    <message>
        <source>As the tutorial has it.</source>
        <translation>与教程相同。</translation>
    </message>
    <message>
        <source>So many validations in a row may be no better before the learning rate falls.</source>
        <translation>连续这么多次验证没有改善后，学习率才会下降。</translation>
    </message>
    <message>
        <source>Then it is so many times what it was.</source>
        <translation>下降后是原来的这么多倍。</translation>
    </message>
    <message>
        <source>Of the projections behind the towers.</source>
        <translation>塔后投影头的学习率。</translation>
    </message>
    <message>
        <source>as their towers</source>
        <translation>与各自的塔相同</translation>
    </message>
    <message>
        <source>Contrastive, but captions share the probability as far as the model finds them and their pictures alike, as the tutorial OpenAI-CLIP has it: embeddings of any length, temperature 1.</source>
        <translation>对比损失，但描述按照模型认为它们及其图片相似的程度分享概率，与教程 OpenAI-CLIP 相同：任意长度的嵌入，温度为 1。</translation>
    </message>
</context>
<context>
    <name>diagonal::OfferView</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Not on this computer</source>
        <translation>不在本机</translation>
    </message>
    <message>
        <source>To download</source>
        <translation>下载大小</translation>
    </message>
    <message>
        <source>From</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>OpenAI</source>
        <translation>OpenAI</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>许可证</translation>
    </message>
    <message>
        <source>Kept in</source>
        <translation>保存位置</translation>
    </message>
    <message>
        <source>Get this model</source>
        <translation>获取此模型</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Languages</source>
        <translation>语言</translation>
    </message>
</context>
<context>
    <name>diagonal::OpenRecentMenu</name>
    <message>
        <source>Open recent</source>
        <translation>打开最近使用的</translation>
    </message>
    <message>
        <source>Model: %1</source>
        <translation>模型：%1</translation>
    </message>
    <message>
        <source>Nothing yet</source>
        <translation>暂无</translation>
    </message>
    <message>
        <source>Forget these folders</source>
        <translation>忘记这些文件夹</translation>
    </message>
</context>
<context>
    <name>diagonal::OptionForm</name>
    <message>
        <source>Give a number above 0, such as 5e-4.</source>
        <translation>请输入大于 0 的数，例如 5e-4。</translation>
    </message>
    <message>
        <source>Give a number, %1 or more.</source>
        <translation>请输入不小于 %1 的数。</translation>
    </message>
    <message>
        <source>Give a number from %1 to %2.</source>
        <translation>请输入 %1 到 %2 之间的数。</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
</context>
<context>
    <name>diagonal::OptionTexts</name>
    <message>
        <source>Validation data</source>
        <translation>验证数据</translation>
    </message>
    <message>
        <source>Image column</source>
        <translation>图片列</translation>
    </message>
    <message>
        <source>Caption column</source>
        <translation>描述列</translation>
    </message>
    <message>
        <source>Caption of a class</source>
        <translation>类别描述</translation>
    </message>
    <message>
        <source>Threads that decode</source>
        <translation>解码线程</translation>
    </message>
    <message>
        <source>Decode JPEGs smaller where that is enough</source>
        <translation>足够时以较小尺寸解码 JPEG</translation>
    </message>
    <message>
        <source>Tokenizer</source>
        <translation>分词器</translation>
    </message>
    <message>
        <source>Vocabulary</source>
        <translation>词表</translation>
    </message>
    <message>
        <source>Image tower locked</source>
        <translation>锁定图像塔</translation>
    </message>
    <message>
        <source>Text tower locked</source>
        <translation>锁定文本塔</translation>
    </message>
    <message>
        <source>Patch dropout</source>
        <translation>图块丢弃</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>损失</translation>
    </message>
    <message>
        <source>Label smoothing</source>
        <translation>标签平滑</translation>
    </message>
    <message>
        <source>Temperature at the start</source>
        <translation>起始温度</translation>
    </message>
    <message>
        <source>Lowest temperature</source>
        <translation>最低温度</translation>
    </message>
    <message>
        <source>Keep the temperature as it is</source>
        <translation>保持温度不变</translation>
    </message>
    <message>
        <source>Share of the teacher</source>
        <translation>教师的占比</translation>
    </message>
    <message>
        <source>Temperature of the teacher</source>
        <translation>教师的温度</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>学习率</translation>
    </message>
    <message>
        <source>Learning rate, image tower</source>
        <translation>图像塔的学习率</translation>
    </message>
    <message>
        <source>Learning rate, text tower</source>
        <translation>文本塔的学习率</translation>
    </message>
    <message>
        <source>Schedule</source>
        <translation>学习率调度</translation>
    </message>
    <message>
        <source>Warm-up</source>
        <translation>预热</translation>
    </message>
    <message>
        <source>Weight decay</source>
        <translation>权重衰减</translation>
    </message>
    <message>
        <source>Beta 1</source>
        <translation>Beta 1</translation>
    </message>
    <message>
        <source>Beta 2</source>
        <translation>Beta 2</translation>
    </message>
    <message>
        <source>Epsilon</source>
        <translation>Epsilon</translation>
    </message>
    <message>
        <source>Largest gradient norm</source>
        <translation>梯度范数上限</translation>
    </message>
    <message>
        <source>Leave spikes out</source>
        <translation>舍弃尖峰</translation>
    </message>
    <message>
        <source>Moving average of the weights</source>
        <translation>权重滑动平均</translation>
    </message>
    <message>
        <source>Batch size</source>
        <translation>批次大小</translation>
    </message>
    <message>
        <source>Augment pictures</source>
        <translation>增强图片</translation>
    </message>
    <message>
        <source>Smallest crop</source>
        <translation>最小裁剪</translation>
    </message>
    <message>
        <source>Mirror images</source>
        <translation>镜像</translation>
    </message>
    <message>
        <source>Colour changes</source>
        <translation>颜色变化</translation>
    </message>
    <message>
        <source>Without colour</source>
        <translation>去色</translation>
    </message>
    <message>
        <source>Blur</source>
        <translation>模糊</translation>
    </message>
    <message>
        <source>Automatic augmentation</source>
        <translation>自动增强</translation>
    </message>
    <message>
        <source>Save every</source>
        <translation>保存间隔</translation>
    </message>
    <message>
        <source>Save every (epochs)</source>
        <translation>保存间隔（轮）</translation>
    </message>
    <message>
        <source>Newest checkpoints to keep</source>
        <translation>保留的最新检查点数</translation>
    </message>
    <message>
        <source>Validate every</source>
        <translation>验证间隔</translation>
    </message>
    <message>
        <source>Validate every (epochs)</source>
        <translation>验证间隔（轮）</translation>
    </message>
    <message>
        <source>Keep the best by</source>
        <translation>保留最佳的依据</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>精度</translation>
    </message>
    <message>
        <source>Micro-batch</source>
        <translation>微批次</translation>
    </message>
    <message>
        <source>Threads that compute</source>
        <translation>计算线程</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>随机种子</translation>
    </message>
    <message>
        <source>Contrastive</source>
        <translation>对比</translation>
    </message>
    <message>
        <source>Soft targets</source>
        <translation>软目标</translation>
    </message>
    <message>
        <source>Sigmoid</source>
        <translation>Sigmoid</translation>
    </message>
    <message>
        <source>Cosine</source>
        <translation>余弦</translation>
    </message>
    <message>
        <source>Linear</source>
        <translation>线性</translation>
    </message>
    <message>
        <source>Constant</source>
        <translation>恒定</translation>
    </message>
    <message>
        <source>From the captions</source>
        <translation>由描述生成</translation>
    </message>
    <message>
        <source>CLIP&apos;s</source>
        <translation>CLIP 的</translation>
    </message>
    <message>
        <source>None</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>CPU</source>
        <translation>CPU</translation>
    </message>
    <message>
        <source>GPU (CUDA)</source>
        <translation>GPU (CUDA)</translation>
    </message>
    <message>
        <source>Automatic: bf16 on a GPU, fp32 on a CPU</source>
        <translation>自动：GPU 用 bf16，CPU 用 fp32</translation>
    </message>
    <message>
        <source>Nothing: the newest is the model</source>
        <translation>不保留：最新的即为模型</translation>
    </message>
    <message>
        <source>Validation loss</source>
        <translation>验证损失</translation>
    </message>
    <message>
        <source>Zero-shot accuracy</source>
        <translation>零样本准确率</translation>
    </message>
    <message>
        <source>Recall image-to-text </source>
        <translation>召回率 图到文 </translation>
    </message>
    <message>
        <source>Recall text-to-image </source>
        <translation>召回率 文到图 </translation>
    </message>
    <message>
        <source>yes</source>
        <translation>是</translation>
    </message>
    <message>
        <source>no</source>
        <translation>否</translation>
    </message>
    <message>
        <source>off</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>crops from %1</source>
        <translation>裁剪至少 %1</translation>
    </message>
    <message>
        <source>mirror images</source>
        <translation>镜像</translation>
    </message>
    <message>
        <source>colour changes</source>
        <translation>颜色变化</translation>
    </message>
    <message>
        <source>without colour</source>
        <translation>去色</translation>
    </message>
    <message>
        <source>blur</source>
        <translation>模糊</translation>
    </message>
    <message>
        <source>fixed</source>
        <translation>固定</translation>
    </message>
    <message>
        <source>learned</source>
        <translation>可学习</translation>
    </message>
    <message>
        <source>starts at %1</source>
        <translation>起始 %1</translation>
    </message>
    <message>
        <source>at least %1</source>
        <translation>不低于 %1</translation>
    </message>
    <message>
        <source>%1 from a teacher</source>
        <translation>%1 来自教师</translation>
    </message>
    <message>
        <source>label smoothing %1</source>
        <translation>标签平滑 %1</translation>
    </message>
    <message>
        <source>weight decay %1</source>
        <translation>权重衰减 %1</translation>
    </message>
    <message>
        <source>a rate for each tower</source>
        <translation>各塔不同学习率</translation>
    </message>
    <message>
        <source>moving average</source>
        <translation>滑动平均</translation>
    </message>
    <message>
        <source>micro-batches of %1</source>
        <translation>微批次 %1</translation>
    </message>
    <message>
        <source>seed %1</source>
        <translation>种子 %1</translation>
    </message>
    <message>
        <source>Captions of an image</source>
        <translation>图片的说明</translation>
    </message>
    <message>
        <source>Shuffle buffer</source>
        <translation>打乱缓冲区</translation>
    </message>
    <message>
        <source>In turn</source>
        <translation>轮流</translation>
    </message>
    <message>
        <source>At random</source>
        <translation>随机</translation>
    </message>
    <message>
        <source>captions %1</source>
        <translation>说明%1</translation>
    </message>
    <message>
        <source>read in order, buffer of %1</source>
        <translation>按顺序读取，缓冲区 %1</translation>
    </message>
    <message>
        <source>read in any order</source>
        <translation>以任意顺序读取</translation>
    </message>
    <message>
        <source>Stages of picture sizes</source>
        <translation>图片尺寸的阶段</translation>
    </message>
    <message>
        <source>Low-rank terms (LoRA)</source>
        <translation>低秩项（LoRA）</translation>
    </message>
    <message>
        <source>Alpha of the low-rank terms</source>
        <translation>低秩项的 alpha</translation>
    </message>
    <message>
        <source>Matrices with low-rank terms</source>
        <translation>带低秩项的矩阵</translation>
    </message>
    <message>
        <source>Layer decay</source>
        <translation>逐层衰减</translation>
    </message>
    <message>
        <source>Layer decay, image tower</source>
        <translation>逐层衰减，图像塔</translation>
    </message>
    <message>
        <source>Layer decay, text tower</source>
        <translation>逐层衰减，文本塔</translation>
    </message>
    <message>
        <source>All</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>Attention</source>
        <translation>注意力</translation>
    </message>
    <message>
        <source>layer decay %1</source>
        <translation>逐层衰减 %1</translation>
    </message>
    <message>
        <source>Compute activations again</source>
        <translation>重新计算激活值</translation>
    </message>
    <message>
        <source>Optimizer&apos;s moments</source>
        <translation>优化器的矩</translation>
    </message>
    <message>
        <source>Text tower&apos;s weights</source>
        <translation>文本塔的权重</translation>
    </message>
    <message>
        <source>bf16, rounded at random</source>
        <translation>bf16，随机舍入</translation>
    </message>
    <message>
        <source>Learning rate, temperature</source>
        <translation>学习率，温度</translation>
    </message>
    <message>
        <source>FastCLIP&apos;s gamma</source>
        <translation>FastCLIP 的 gamma</translation>
    </message>
    <message>
        <source>Epochs until gamma</source>
        <translation>达到 gamma 的轮数</translation>
    </message>
    <message>
        <source>FastCLIP&apos;s rho</source>
        <translation>FastCLIP 的 rho</translation>
    </message>
    <message>
        <source>Weights of the image tower</source>
        <translation>图像塔的权重</translation>
    </message>
    <message>
        <source>Weights of the text tower</source>
        <translation>文本塔的权重</translation>
    </message>
    <message>
        <source>Compare unit lengths</source>
        <translation>按单位长度比较</translation>
    </message>
    <message>
        <source>Temperature of the targets</source>
        <translation>目标的温度</translation>
    </message>
    <message>
        <source>Targets carry a gradient</source>
        <translation>目标传递梯度</translation>
    </message>
    <message>
        <source>Learning rate, heads</source>
        <translation>投影头的学习率</translation>
    </message>
    <message>
        <source>Patience</source>
        <translation>耐心</translation>
    </message>
    <message>
        <source>Factor of a fall</source>
        <translation>下降倍数</translation>
    </message>
    <message>
        <source>Mutual</source>
        <translation>互目标</translation>
    </message>
    <message>
        <source>Plateau</source>
        <translation>平台下降</translation>
    </message>
    <message>
        <source>embeddings of any length</source>
        <translation>任意长度的嵌入</translation>
    </message>
    <message>
        <source>targets at %1</source>
        <translation>目标温度 %1</translation>
    </message>
    <message>
        <source>targets with a gradient</source>
        <translation>目标带梯度</translation>
    </message>
    <message>
        <source>heads at %1</source>
        <translation>投影头 %1</translation>
    </message>
    <message>
        <source>Views kept of a picture</source>
        <translation>每张图片保留的视图数</translation>
    </message>
    <message>
        <source>“Resume”</source>
        <translation>“继续”</translation>
    </message>
    <message>
        <source>“Data”</source>
        <translation>“数据”</translation>
    </message>
    <message>
        <source>“Run folder”</source>
        <translation>“训练文件夹”</translation>
    </message>
    <message>
        <source>“Model”</source>
        <translation>“模型”</translation>
    </message>
    <message>
        <source>“Epochs”</source>
        <translation>“轮数”</translation>
    </message>
    <message>
        <source>“Steps”</source>
        <translation>“步数”</translation>
    </message>
    <message>
        <source>Linear probe at validations</source>
        <translation>验证时拟合线性探针</translation>
    </message>
</context>
<context>
    <name>diagonal::OutputPage</name>
    <message>
        <source>What to keep?</source>
        <translation>保留什么？</translation>
    </message>
    <message>
        <source>A checkpoint holds the model and all that is needed to go on at the exact step. Validation measures loss and recall on pictures that training does not see.</source>
        <translation>检查点包含模型及从该步精确继续所需的一切。验证在训练未见过的图片上测量损失和召回率。</translation>
    </message>
    <message>
        <source>Steps. Each also keeps the probe matrix.</source>
        <translation>步数。每次验证还会保留探测矩阵。</translation>
    </message>
    <message>
        <source>Steps. Stopping saves as well.</source>
        <translation>步数。停止时也会保存。</translation>
    </message>
    <message>
        <source>Name of the run</source>
        <translation>运行名称</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>In folder</source>
        <translation>所在文件夹</translation>
    </message>
    <message>
        <source>Folder for runs</source>
        <translation>存放运行的文件夹</translation>
    </message>
    <message>
        <source>Give the run a name.</source>
        <translation>请为运行命名。</translation>
    </message>
    <message>
        <source>A name cannot hold a slash.</source>
        <translation>名称不能包含斜杠。</translation>
    </message>
    <message>
        <source>A folder of that name is there already. Give another name.</source>
        <translation>已存在同名文件夹。请换一个名称。</translation>
    </message>
    <message>
        <source>Give a folder.</source>
        <translation>请指定文件夹。</translation>
    </message>
    <message>
        <source>This folder cannot be written to. Choose another.</source>
        <translation>此文件夹不可写。请另选一个。</translation>
    </message>
    <message>
        <source>every %1 steps</source>
        <translation>每 %1 步</translation>
    </message>
    <message>
        <source>Validation and output</source>
        <translation>验证与输出</translation>
    </message>
    <message>
        <source>Older ones are removed.</source>
        <translation>更旧的会被移除。</translation>
    </message>
    <message>
        <source>The best checkpoint of all is kept too, and becomes the model.</source>
        <translation>还会保留所有检查点中最佳的一个，并作为模型。</translation>
    </message>
    <message>
        <source>Computing</source>
        <translation>计算</translation>
    </message>
    <message>
        <source>Pairs in memory at a time. The gradient is that of the whole batch; it takes longer.</source>
        <translation>同时在内存中的图文对数。梯度仍为整个批次的梯度，但耗时更长。</translation>
    </message>
    <message>
        <source>the whole batch</source>
        <translation>整个批次</translation>
    </message>
    <message>
        <source>Of everything random: equal seeds, equal runs.</source>
        <translation>控制所有随机性：种子相同，运行相同。</translation>
    </message>
    <message>
        <source>More, where training waits for data.</source>
        <translation>训练等待数据时可增加。</translation>
    </message>
    <message>
        <source>as many as suit</source>
        <translation>自动选择</translation>
    </message>
    <message>
        <source>one a core</source>
        <translation>每核一个</translation>
    </message>
    <message>
        <source>More than the batch of %1. Give less.</source>
        <translation>超过批次大小 %1。请减小。</translation>
    </message>
    <message>
        <source>Half the memory of AdamW&apos;s statistics in bf16.</source>
        <translation>用 bf16 时，AdamW 统计量的内存减半。</translation>
    </message>
    <message>
        <source>Half the memory of the text tower in bf16.</source>
        <translation>用 bf16 时，文本塔的内存减半。</translation>
    </message>
    <message>
        <source>Less memory, up to half more time; the gradient is the same.</source>
        <translation>内存更少，时间最多增加一半；梯度相同。</translation>
    </message>
    <message>
        <source>Of data with labels. Each takes up to some seconds.</source>
        <translation>用于有标签的数据。每次最多需要几秒。</translation>
    </message>
</context>
<context>
    <name>diagonal::PairScoreModel</name>
    <message>
        <source>%1: %2 and %3</source>
        <translation>%1：%2 和 %3</translation>
    </message>
    <message>
        <source>Label</source>
        <translation>标签</translation>
    </message>
</context>
<context>
    <name>diagonal::PartTreeModel</name>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Shape</source>
        <translation>形状</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>参数量</translation>
    </message>
</context>
<context>
    <name>diagonal::PartTreeView</name>
    <message>
        <source>Architecture</source>
        <translation>架构</translation>
    </message>
    <message>
        <source>Export the architecture</source>
        <translation>导出架构</translation>
    </message>
    <message>
        <source>Copy as text</source>
        <translation>复制为文本</translation>
    </message>
    <message>
        <source>Export CSV…</source>
        <translation>导出 CSV…</translation>
    </message>
    <message>
        <source>Expand all</source>
        <translation>全部展开</translation>
    </message>
    <message>
        <source>Collapse all</source>
        <translation>全部折叠</translation>
    </message>
    <message>
        <source>CSV</source>
        <translation>CSV</translation>
    </message>
</context>
<context>
    <name>diagonal::PictureColumn</name>
    <message>
        <source>Previous image</source>
        <translation>上一张图片</translation>
    </message>
    <message>
        <source>Next image</source>
        <translation>下一张图片</translation>
    </message>
    <message>
        <source>%1 × %2 · %3</source>
        <translation>%1 × %2 · %3</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 / %2</translation>
    </message>
</context>
<context>
    <name>diagonal::PicturePanel</name>
    <message>
        <source>Review</source>
        <translation>查看</translation>
    </message>
    <message>
        <source>Open in Label</source>
        <translation>在标注面板中打开</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
    <message>
        <source>Choose a cell or a class to see its pictures</source>
        <translation>选择单元格或类别以查看图片</translation>
    </message>
    <message>
        <source>%1, answered rightly</source>
        <translation>%1，判对</translation>
    </message>
    <message>
        <source>%1, answered %2</source>
        <translation>%1，判为 %2</translation>
    </message>
    <message>
        <source>%1, mistakes</source>
        <translation>%1，判错</translation>
    </message>
    <message>
        <source>%1 of %2 pictures (%3). Surest answer first</source>
        <translation>%2 张图片中的 %1 张（%3）。最有把握的在前</translation>
    </message>
    <message>
        <source>%1 may be labelled wrongly</source>
        <translation>%1 张的标签可能有误</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>在文件夹中显示</translation>
    </message>
    <message>
        <source>Copy paths</source>
        <translation>复制路径</translation>
    </message>
</context>
<context>
    <name>diagonal::PictureView</name>
    <message>
        <source>No picture</source>
        <translation>没有图片</translation>
    </message>
    <message>
        <source>Picture %1</source>
        <translation>图片 %1</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>it cannot be shown</source>
        <translation>无法显示</translation>
    </message>
</context>
<context>
    <name>diagonal::PlotView</name>
    <message>
        <source>Fit</source>
        <translation>适应数据</translation>
    </message>
</context>
<context>
    <name>diagonal::ProbePanel</name>
    <message>
        <source>Probe batch</source>
        <translation>探测批次</translation>
    </message>
    <message>
        <source>Cosine</source>
        <translation>余弦</translation>
    </message>
    <message>
        <source>Softmax</source>
        <translation>Softmax</translation>
    </message>
    <message>
        <source>By row: each image over all captions</source>
        <translation>按行：每张图片对所有描述</translation>
    </message>
    <message>
        <source>The matrix of a fixed batch of validation pairs appears here after the first evaluation, and its diagonal grows.</source>
        <translation>首次评估后，此处显示一个固定批次验证图文对的矩阵，其对角线会逐渐显现。</translation>
    </message>
    <message>
        <source>Evaluation</source>
        <translation>评估</translation>
    </message>
    <message>
        <source>evaluation %1 of %2</source>
        <translation>第 %1 次评估，共 %2 次</translation>
    </message>
    <message>
        <source>Diagonal</source>
        <translation>对角线</translation>
    </message>
    <message>
        <source>off it</source>
        <translation>对角线外</translation>
    </message>
    <message>
        <source>right in row</source>
        <translation>行内正确</translation>
    </message>
    <message>
        <source>in column</source>
        <translation>列内正确</translation>
    </message>
    <message numerus="yes">
        <source>Probe batch, %n pairs</source>
        <translation>
            <numerusform>探测批次，%n 对</numerusform>
        </translation>
    </message>
    <message>
        <source>step %1</source>
        <translation>第 %1 步</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 / %2</translation>
    </message>
</context>
<context>
    <name>diagonal::PromptEditor</name>
    <message>
        <source>Labels as written</source>
        <translation>标签原文</translation>
    </message>
    <message>
        <source>Write {} where the label goes</source>
        <translation>请用 {} 标出标签的位置</translation>
    </message>
    <message>
        <source>Prompt templates, one a line</source>
        <translation>提示模板，每行一个</translation>
    </message>
    <message>
        <source>{} stands for the label. Several lines are an ensemble: the mean of what the model makes of them. Empty: labels are used as written</source>
        <translation>{} 代表标签。多行构成集成：取模型对各句结果的均值。留空：标签按原文使用</translation>
    </message>
    <message>
        <source>“%1” has no {} where the label goes</source>
        <translation>“%1”中没有放置标签的 {}</translation>
    </message>
</context>
<context>
    <name>diagonal::PromptPreview</name>
    <message>
        <source>Prompts: %1</source>
        <translation>提示：%1</translation>
    </message>
    <message>
        <source>Sentences appear here once there are labels</source>
        <translation>有标签后此处显示句子</translation>
    </message>
    <message>
        <source>%1 more</source>
        <translation>另有 %1 条</translation>
    </message>
    <message>
        <source>The template and the label “%1” both bring an article</source>
        <translation>模板和标签“%1”都带有冠词</translation>
    </message>
</context>
<context>
    <name>diagonal::Rail</name>
    <message>
        <source>Panes</source>
        <translation>面板</translation>
    </message>
    <message>
        <source>%1 (Ctrl+%2)</source>
        <translation>%1 (Ctrl+%2)</translation>
    </message>
</context>
<context>
    <name>diagonal::RailButton</name>
    <message>
        <source>has news</source>
        <translation>有新消息</translation>
    </message>
</context>
<context>
    <name>diagonal::RegionView</name>
    <message>
        <source>Drag over a part to search for it (or press Enter and use the arrow keys)</source>
        <translation>拖选一部分来搜索它（或按 Enter 后使用方向键）</translation>
    </message>
    <message>
        <source>No picture</source>
        <translation>没有图片</translation>
    </message>
    <message>
        <source>Picture %1</source>
        <translation>图片 %1</translation>
    </message>
</context>
<context>
    <name>diagonal::RelevanceBar</name>
    <message>
        <source>Colours from less relevant to more relevant</source>
        <translation>颜色由不太相关到更相关</translation>
    </message>
    <message>
        <source>less</source>
        <translation>低</translation>
    </message>
    <message>
        <source>more</source>
        <translation>高</translation>
    </message>
    <message>
        <source>Relevance</source>
        <translation>相关性</translation>
    </message>
    <message>
        <source>Relevance of</source>
        <translation>相关性：</translation>
    </message>
    <message>
        <source>Opacity</source>
        <translation>不透明度</translation>
    </message>
    <message>
        <source>Patch grid</source>
        <translation>图块网格</translation>
    </message>
    <message>
        <source>Show which parts of the picture speak for the label</source>
        <translation>显示图片的哪些部分支持该标签</translation>
    </message>
    <message>
        <source>Label whose relevance is shown</source>
        <translation>显示其相关性的标签</translation>
    </message>
    <message>
        <source>Opacity of the relevance map</source>
        <translation>相关性图的不透明度</translation>
    </message>
    <message>
        <source>%1 %</source>
        <comment>opacity</comment>
        <translation>%1%</translation>
    </message>
    <message>
        <source>Best label</source>
        <translation>最佳标签</translation>
    </message>
    <message>
        <source>Best label: %1</source>
        <translation>最佳标签：%1</translation>
    </message>
</context>
<context>
    <name>diagonal::RelevanceSession</name>
    <message>
        <source>No map: no model is open</source>
        <translation>没有相关性图：尚未打开模型</translation>
    </message>
    <message>
        <source>No map: write a label first</source>
        <translation>没有相关性图：请先写一个标签</translation>
    </message>
    <message>
        <source>Looking for what speaks for “%1”…</source>
        <translation>正在查找支持“%1”的部分…</translation>
    </message>
    <message>
        <source>The map comes with the scores</source>
        <translation>得分出来后显示相关性图</translation>
    </message>
    <message>
        <source>No part of the picture speaks for “%1”</source>
        <translation>图片中没有支持“%1”的部分</translation>
    </message>
</context>
<context>
    <name>diagonal::ReliabilityPlot</name>
    <message>
        <source>Reliability diagram</source>
        <translation>可靠性图</translation>
    </message>
    <message numerus="yes">
        <source>%Ln answer(s) that say %1 are right in %2</source>
        <translation>
            <numerusform>%Ln 个自称 %1 的回答中有 %2 正确</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 of %Ln answer(s) say 93% or more</source>
        <translation>
            <numerusform>%Ln 个回答中有 %1 个自称 93% 或以上</numerusform>
        </translation>
    </message>
    <message>
        <source>said probability</source>
        <translation>自称的概率</translation>
    </message>
</context>
<context>
    <name>diagonal::ReportView</name>
    <message>
        <source>%1 MFLOPs</source>
        <translation>%1 MFLOPs</translation>
    </message>
    <message>
        <source>%1 GFLOPs</source>
        <translation>%1 GFLOPs</translation>
    </message>
    <message>
        <source>A multiplication and an addition count as two. One image; one text that fills the context.</source>
        <translation>一次乘法和一次加法计为两次运算。按一张图片、一条占满上下文长度的文本计算。</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>规模</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>参数量</translation>
    </message>
    <message>
        <source>Image tower</source>
        <translation>图像塔</translation>
    </message>
    <message>
        <source>Text tower</source>
        <translation>文本塔</translation>
    </message>
    <message>
        <source>One image</source>
        <translation>每张图片</translation>
    </message>
    <message>
        <source>One text</source>
        <translation>每条文本</translation>
    </message>
    <message>
        <source>On disk</source>
        <translation>磁盘占用</translation>
    </message>
    <message>
        <source>Images and texts</source>
        <translation>图片与文本</translation>
    </message>
    <message>
        <source>Image size</source>
        <translation>图片尺寸</translation>
    </message>
    <message>
        <source>Preprocessing</source>
        <translation>预处理</translation>
    </message>
    <message>
        <source>Tokenizer</source>
        <translation>分词器</translation>
    </message>
    <message>
        <source>Context</source>
        <translation>上下文长度</translation>
    </message>
    <message numerus="yes">
        <source>%n token(s)</source>
        <translation>
            <numerusform>%n 个词元</numerusform>
        </translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>嵌入</translation>
    </message>
    <message numerus="yes">
        <source>%n dimension(s)</source>
        <translation>
            <numerusform>%n 维</numerusform>
        </translation>
    </message>
    <message>
        <source>, from %1</source>
        <translation>，来自 %1</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Architecture</source>
        <translation>架构</translation>
    </message>
    <message>
        <source>Built as</source>
        <translation>构建为</translation>
    </message>
    <message>
        <source>Activation</source>
        <translation>激活函数</translation>
    </message>
    <message>
        <source>Stored as</source>
        <translation>存储格式</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>温度</translation>
    </message>
    <message>
        <source>%1, logit scale %2</source>
        <translation>%1，logit 缩放 %2</translation>
    </message>
    <message>
        <source>Logit bias</source>
        <translation>Logit 偏置</translation>
    </message>
    <message>
        <source>Also in the files</source>
        <translation>文件中的其他信息</translation>
    </message>
    <message>
        <source>Open now</source>
        <translation>当前打开</translation>
    </message>
    <message>
        <source>Use this model</source>
        <translation>使用此模型</translation>
    </message>
    <message>
        <source>Convert…</source>
        <translation>转换…</translation>
    </message>
    <message>
        <source>Remove…</source>
        <translation>删除…</translation>
    </message>
    <message>
        <source>Copy the architecture as text</source>
        <translation>将架构复制为文本</translation>
    </message>
    <message>
        <source>The architecture is in the clipboard</source>
        <translation>架构已复制到剪贴板</translation>
    </message>
    <message>
        <source>Copy the path</source>
        <translation>复制路径</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>在文件夹中显示</translation>
    </message>
    <message>
        <source>The path is in the clipboard</source>
        <translation>路径已复制到剪贴板</translation>
    </message>
    <message numerus="yes">
        <source>%Ln tensor(s)</source>
        <translation>
            <numerusform>%Ln 个张量</numerusform>
        </translation>
    </message>
    <message>
        <source>This model knows %1 and nothing else.</source>
        <translation>此模型只认识 %1。</translation>
    </message>
    <message>
        <source>Opening…</source>
        <translation>正在打开…</translation>
    </message>
    <message>
        <source>It is in use already</source>
        <translation>已在使用</translation>
    </message>
</context>
<context>
    <name>diagonal::ResultGrid</name>
    <message>
        <source>Results</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>Chance</source>
        <translation>偶然</translation>
    </message>
    <message>
        <source>Below here: no better than chance</source>
        <translation>以下不比偶然更好</translation>
    </message>
</context>
<context>
    <name>diagonal::ResultModel</name>
    <message>
        <source>Best</source>
        <translation>最佳</translation>
    </message>
    <message numerus="yes">
        <source>%Ln moment(s)</source>
        <translation>
            <numerusform>%Ln 个片段</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln alike</source>
        <translation>
            <numerusform>%Ln 张相似</numerusform>
        </translation>
    </message>
    <message>
        <source>relevance %1</source>
        <translation>相关度 %1</translation>
    </message>
    <message>
        <source>cosine %1</source>
        <translation>余弦 %1</translation>
    </message>
    <message>
        <source>liked</source>
        <translation>已标为喜欢</translation>
    </message>
    <message>
        <source>not liked</source>
        <translation>已标为不喜欢</translation>
    </message>
    <message>
        <source>no better than chance</source>
        <translation>不比偶然更好</translation>
    </message>
    <message>
        <source>Picture</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>Relevance</source>
        <translation>相关度</translation>
    </message>
    <message>
        <source>Cosine</source>
        <translation>余弦</translation>
    </message>
    <message>
        <source>Date</source>
        <translation>日期</translation>
    </message>
    <message>
        <source>Pixels</source>
        <translation>像素</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>Camera</source>
        <translation>相机</translation>
    </message>
    <message>
        <source>chance, %1</source>
        <translation>偶然，%1</translation>
    </message>
</context>
<context>
    <name>diagonal::ResultSide</name>
    <message>
        <source>Choose a result to see why it is here, what is like it, and its nearest captions.</source>
        <translation>选择一个结果，查看它为何在此、与它相似的图片和最接近的说明。</translation>
    </message>
    <message>
        <source>Why it is here</source>
        <translation>为何在此</translation>
    </message>
    <message>
        <source>Alike</source>
        <translation>相似</translation>
    </message>
    <message>
        <source>Nearest captions</source>
        <translation>最接近的说明</translation>
    </message>
    <message>
        <source>Choose a list…</source>
        <translation>选择列表…</translation>
    </message>
    <message>
        <source>Moments</source>
        <translation>片段</translation>
    </message>
    <message>
        <source>Find similar</source>
        <translation>查找相似</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Reveal</source>
        <translation>显示位置</translation>
    </message>
    <message>
        <source>More like this</source>
        <translation>更多类似</translation>
    </message>
    <message>
        <source>Less like this</source>
        <translation>更少类似</translation>
    </message>
    <message>
        <source>Cosine</source>
        <translation>余弦</translation>
    </message>
    <message>
        <source>Alone</source>
        <translation>单独</translation>
    </message>
    <message>
        <source>Adds</source>
        <translation>贡献</translation>
    </message>
    <message>
        <source>Together, above background</source>
        <translation>合计，高于背景</translation>
    </message>
    <message>
        <source>Of a file of captions or words, one a line</source>
        <translation>来自每行一条说明或词语的文件</translation>
    </message>
    <message>
        <source>Embedding captions…</source>
        <translation>正在嵌入说明…</translation>
    </message>
    <message>
        <source>A list of captions or words</source>
        <translation>说明或词语的列表</translation>
    </message>
    <message>
        <source>Lists (*.txt *.csv *.tsv *.lst);;All files (*)</source>
        <translation>列表 (*.txt *.csv *.tsv *.lst);;所有文件 (*)</translation>
    </message>
</context>
<context>
    <name>diagonal::ResultsAxes</name>
    <message numerus="yes">
        <source>paired bootstrap, %Ln draw(s)</source>
        <translation>
            <numerusform>配对自助法，%Ln 次抽样</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>diagonal::ResultsChart</name>
    <message>
        <source>Results as a chart</source>
        <translation>结果图表</translation>
    </message>
</context>
<context>
    <name>diagonal::ResultsModel</name>
    <message>
        <source>%1, %2</source>
        <comment>group, figure</comment>
        <translation>%1，%2</translation>
    </message>
    <message>
        <source>%1: as above, prompts do not matter</source>
        <translation>%1：同上，与提示无关</translation>
    </message>
    <message>
        <source>%1: none</source>
        <translation>%1：无</translation>
    </message>
    <message>
        <source>, 95% interval %1 to %2</source>
        <translation>，95% 置信区间 %1 到 %2</translation>
    </message>
    <message>
        <source>, the best</source>
        <translation>，最佳</translation>
    </message>
    <message>
        <source>, %1 behind the best: within noise</source>
        <translation>，比最佳差 %1：在噪声之内</translation>
    </message>
    <message>
        <source>, %1 behind the best</source>
        <translation>，比最佳差 %1</translation>
    </message>
    <message>
        <source> (difference %1 to %2)</source>
        <translation>（差异 %1 到 %2）</translation>
    </message>
    <message>
        <source>, McNemar p = %1</source>
        <translation>，McNemar 检验 p = %1</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Prompts</source>
        <translation>提示</translation>
    </message>
    <message>
        <source>as above</source>
        <translation>同上</translation>
    </message>
    <message>
        <source>, McNemar p &lt; 0.001</source>
        <translation>，McNemar p &lt; 0.001</translation>
    </message>
</context>
<context>
    <name>diagonal::ResultsView</name>
    <message>
        <source>Results</source>
        <translation>结果</translation>
    </message>
</context>
<context>
    <name>diagonal::ReviewPage</name>
    <message>
        <source>Ready to train</source>
        <translation>准备训练</translation>
    </message>
    <message>
        <source>Start, and watch it learn. Stopping saves; nothing is lost.</source>
        <translation>开始训练并观察学习过程。停止时会保存，不会丢失任何内容。</translation>
    </message>
    <message>
        <source>The same on the command line</source>
        <translation>等效的命令行</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>命令</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
    <message>
        <source>, %1 training images</source>
        <translation>，%1 张训练图片</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>数据</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>%1, fine-tuned</source>
        <translation>%1，微调</translation>
    </message>
    <message>
        <source>%1, from scratch</source>
        <translation>%1，从头训练</translation>
    </message>
    <message>
        <source>Length</source>
        <translation>训练长度</translation>
    </message>
    <message>
        <source>%1 epochs</source>
        <translation>%1 轮</translation>
    </message>
    <message>
        <source>%1 steps</source>
        <translation>%1 步</translation>
    </message>
    <message>
        <source>Batch size</source>
        <translation>批次大小</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>学习率</translation>
    </message>
    <message>
        <source>%1 after %2 steps of warm-up, weight decay %3</source>
        <translation>%2 步预热后为 %1，权重衰减 %3</translation>
    </message>
    <message>
        <source>Validation</source>
        <translation>验证</translation>
    </message>
    <message>
        <source>every %1 steps</source>
        <translation>每 %1 步</translation>
    </message>
    <message>
        <source>Checkpoints</source>
        <translation>检查点</translation>
    </message>
    <message>
        <source>every %1 steps, the newest %2 are kept</source>
        <translation>每 %1 步，保留最新 %2 个</translation>
    </message>
    <message>
        <source>Run folder</source>
        <translation>运行文件夹</translation>
    </message>
    <message>
        <source>Review</source>
        <translation>检查设置</translation>
    </message>
    <message>
        <source>all of it, and the command</source>
        <translation>全部设置及命令</translation>
    </message>
    <message>
        <source>two pretrained towers</source>
        <translation>两个预训练塔</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>%1 min</source>
        <translation>%1 分钟</translation>
    </message>
    <message>
        <source>about %1, as fast as “%2” went</source>
        <translation>约 %1，按“%2”的速度估计</translation>
    </message>
    <message>
        <source>told while it trains: no run of this model, computed likewise, went before</source>
        <translation>训练开始后给出：此前没有以同样方式计算的该模型的训练</translation>
    </message>
    <message>
        <source>told once the data is known</source>
        <translation>数据读取后给出</translation>
    </message>
</context>
<context>
    <name>diagonal::RunDelegate</name>
    <message>
        <source>Resume from step %1</source>
        <translation>从第 %1 步恢复</translation>
    </message>
    <message>
        <source>Top-1  %1</source>
        <translation>Top-1  %1</translation>
    </message>
    <message>
        <source>R@10  %1</source>
        <translation>R@10  %1</translation>
    </message>
    <message>
        <source>Starting</source>
        <translation>正在启动</translation>
    </message>
    <message>
        <source>Running</source>
        <translation>正在运行</translation>
    </message>
    <message>
        <source>Stopping</source>
        <translation>正在停止</translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>Finished</source>
        <translation>已完成</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>%1 steps</source>
        <translation>%1 步</translation>
    </message>
    <message>
        <source>before the first step</source>
        <translation>在第一步之前</translation>
    </message>
    <message>
        <source>at step %1</source>
        <translation>在第 %1 步</translation>
    </message>
    <message>
        <source>Step %1 of %2</source>
        <translation>第 %1 步，共 %2 步</translation>
    </message>
    <message>
        <source>Died</source>
        <translation>意外终止</translation>
    </message>
</context>
<context>
    <name>diagonal::RunFacts</name>
    <message>
        <source>This run</source>
        <translation>本次运行</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>学习率</translation>
    </message>
    <message>
        <source>Stops at step</source>
        <translation>停止步数</translation>
    </message>
    <message>
        <source>Next checkpoint</source>
        <translation>下一个检查点</translation>
    </message>
    <message>
        <source>Gradient norm</source>
        <translation>梯度范数</translation>
    </message>
    <message>
        <source>Waiting for data</source>
        <translation>等待数据</translation>
    </message>
    <message>
        <source>%1 ms</source>
        <translation>%1 毫秒</translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation>%1 秒</translation>
    </message>
    <message>
        <source>Time of a step</source>
        <translation>每步用时</translation>
    </message>
    <message>
        <source>Micro-batch</source>
        <translation>微批次</translation>
    </message>
    <message>
        <source>Loss scale</source>
        <translation>损失缩放</translation>
    </message>
    <message>
        <source>Left-out batches</source>
        <translation>舍弃的批次</translation>
    </message>
    <message>
        <source>Best at step</source>
        <translation>最佳步</translation>
    </message>
</context>
<context>
    <name>diagonal::SampleScenes</name>
    <message>
        <source>The demo model knows coloured shapes.</source>
        <translation>演示模型认识彩色形状。</translation>
    </message>
    <message>
        <source>This model knows coloured shapes.</source>
        <translation>此模型认识彩色形状。</translation>
    </message>
    <message>
        <source>This model knows %1.</source>
        <translation>此模型认识 %1。</translation>
    </message>
    <message>
        <source>open a CLIP model…</source>
        <translation>打开 CLIP 模型…</translation>
    </message>
    <message>
        <source>For photographs,</source>
        <translation>要处理照片，请</translation>
    </message>
    <message>
        <source>Or try a sample scene</source>
        <translation>或试用示例场景</translation>
    </message>
    <message>
        <source>Drawing sample scenes</source>
        <translation>绘制示例场景</translation>
    </message>
    <message>
        <source>Sample scene %1</source>
        <translation>示例场景 %1</translation>
    </message>
    <message>
        <source>Drawings of coloured shapes, to see how labelling works.</source>
        <translation>彩色形状的图画，用于了解标注方式。</translation>
    </message>
</context>
<context>
    <name>diagonal::SaveAs</name>
    <message>
        <source>%1 is written</source>
        <translation>已写入 %1</translation>
    </message>
    <message>
        <source>Exporting</source>
        <translation>正在导出</translation>
    </message>
</context>
<context>
    <name>diagonal::ScoreList</name>
    <message>
        <source>Scores</source>
        <translation>得分</translation>
    </message>
</context>
<context>
    <name>diagonal::ScoreListModel</name>
    <message>
        <source>%1, %2, cosine %3</source>
        <translation>%1，%2，余弦 %3</translation>
    </message>
    <message>
        <source>Label</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>Probability</source>
        <translation>概率</translation>
    </message>
    <message>
        <source>Cosine</source>
        <translation>余弦</translation>
    </message>
</context>
<context>
    <name>diagonal::ScorePanel</name>
    <message>
        <source>Cosine</source>
        <translation>余弦</translation>
    </message>
    <message>
        <source>Probability</source>
        <translation>概率</translation>
    </message>
    <message>
        <source>Softmax</source>
        <translation>Softmax</translation>
    </message>
    <message>
        <source>Bars show softmax(cosine / temperature): labels compete with each other</source>
        <translation>条形显示 softmax(余弦 / 温度)：标签相互竞争</translation>
    </message>
    <message>
        <source>Bars show the cosine: each label for itself</source>
        <translation>条形显示余弦：各标签独立</translation>
    </message>
    <message>
        <source>What the bars show</source>
        <translation>条形的含义</translation>
    </message>
    <message>
        <source>Scores</source>
        <translation>得分</translation>
    </message>
    <message>
        <source>Copy scores</source>
        <translation>复制得分</translation>
    </message>
    <message>
        <source>Only one label: add another to compare it with</source>
        <translation>只有一个标签：请再添加一个以便比较</translation>
    </message>
    <message>
        <source>Sure</source>
        <translation>确定</translation>
    </message>
    <message>
        <source>Unsure</source>
        <translation>不确定</translation>
    </message>
    <message numerus="yes">
        <source>%Ln point(s) ahead of “%1”</source>
        <translation>
            <numerusform>领先“%1”%Ln 个百分点</numerusform>
        </translation>
    </message>
    <message>
        <source>“%1” is less than 1 point behind</source>
        <translation>“%1”落后不到 1 个百分点</translation>
    </message>
    <message numerus="yes">
        <source>“%1” is only %Ln point(s) behind</source>
        <translation>
            <numerusform>“%1”仅落后 %Ln 个百分点</numerusform>
        </translation>
    </message>
    <message>
        <source>Label</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>Sigmoid</source>
        <translation>Sigmoid</translation>
    </message>
    <message>
        <source>Bars show sigmoid(cosine / temperature + bias): each label for itself. Made for SigLIP models</source>
        <translation>条形显示 sigmoid(余弦 / 温度 + 偏置)：每个标签独立计算。适用于 SigLIP 模型</translation>
    </message>
    <message>
        <source>None</source>
        <translation>无</translation>
    </message>
    <message>
        <source>“%1” is on top, but is not given</source>
        <translation>“%1”排在首位，但未被赋予</translation>
    </message>
</context>
<context>
    <name>diagonal::ScoreTable</name>
    <message>
        <source>Models to compare</source>
        <translation>要比较的模型</translation>
    </message>
</context>
<context>
    <name>diagonal::ScoreTableModel</name>
    <message>
        <source>%1, no other model here is both better and quicker</source>
        <translation>%1，这里没有其他模型既更好又更快</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>T→I @1</source>
        <translation>文→图 @1</translation>
    </message>
    <message>
        <source>@5</source>
        <translation>@5</translation>
    </message>
    <message>
        <source>@10</source>
        <translation>@10</translation>
    </message>
    <message>
        <source>I→T @1</source>
        <translation>图→文 @1</translation>
    </message>
    <message>
        <source>Mean</source>
        <translation>平均</translation>
    </message>
    <message>
        <source>ms/image</source>
        <translation>毫秒/图</translation>
    </message>
    <message>
        <source>ms/text</source>
        <translation>毫秒/文</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>Dim</source>
        <translation>维数</translation>
    </message>
    <message>
        <source>On disk</source>
        <translation>磁盘</translation>
    </message>
    <message>
        <source>Languages</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>许可证</translation>
    </message>
    <message>
        <source>Checked models are compared</source>
        <translation>比较勾选的模型</translation>
    </message>
    <message>
        <source>Text to image: in how many per cent of all captions their picture comes first</source>
        <translation>文到图：对应图片排在第一位的描述所占百分比</translation>
    </message>
    <message>
        <source>Text to image: in how many per cent of all captions their picture is among the first 5</source>
        <translation>文到图：对应图片排在前 5 位的描述所占百分比</translation>
    </message>
    <message>
        <source>Text to image: in how many per cent of all captions their picture is among the first 10</source>
        <translation>文到图：对应图片排在前 10 位的描述所占百分比</translation>
    </message>
    <message>
        <source>Image to text: for how many per cent of all pictures one of their captions comes first</source>
        <translation>图到文：自己的某条描述排在第一位的图片所占百分比</translation>
    </message>
    <message>
        <source>Image to text: for how many per cent of all pictures one of their captions is among the first 5</source>
        <translation>图到文：自己的某条描述排在前 5 位的图片所占百分比</translation>
    </message>
    <message>
        <source>Image to text: for how many per cent of all pictures one of their captions is among the first 10</source>
        <translation>图到文：自己的某条描述排在前 10 位的图片所占百分比</translation>
    </message>
    <message>
        <source>Mean of the six recalls</source>
        <translation>六项召回率的平均值</translation>
    </message>
    <message>
        <source>Milliseconds a picture takes the model in a batch, without reading the file</source>
        <translation>成批计算时模型处理一张图片所需毫秒数，不含读取文件</translation>
    </message>
    <message>
        <source>Milliseconds a caption takes</source>
        <translation>处理一条描述所需毫秒数</translation>
    </message>
    <message>
        <source>What the model takes at the most while it computes</source>
        <translation>模型计算时最多占用的内存</translation>
    </message>
    <message>
        <source>Numbers of an embedding</source>
        <translation>嵌入向量的维数</translation>
    </message>
    <message>
        <source>Size of the weights</source>
        <translation>权重文件的大小</translation>
    </message>
    <message>
        <source>Languages of the texts it was trained on</source>
        <translation>训练文本的语言</translation>
    </message>
    <message>
        <source>What its makers allow</source>
        <translation>作者允许的用途</translation>
    </message>
</context>
<context>
    <name>diagonal::SearchField</name>
    <message>
        <source>Search for</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>What was found</source>
        <translation>搜索到的内容</translation>
    </message>
    <message>
        <source>Describe what you look for, or drop a picture</source>
        <translation>描述要找的内容，或拖入一张图片</translation>
    </message>
    <message>
        <source>more words, −words, or drop a picture</source>
        <translation>更多词语、−词语，或拖入图片</translation>
    </message>
</context>
<context>
    <name>diagonal::SearchPane</name>
    <message>
        <source>Library</source>
        <translation>图库</translation>
    </message>
    <message>
        <source>Add folder or video…</source>
        <translation>添加文件夹或视频…</translation>
    </message>
    <message>
        <source>Send to…</source>
        <translation>发送到…</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>导出…</translation>
    </message>
    <message>
        <source>Find pictures and moments by words</source>
        <translation>用文字查找图片和片段</translation>
    </message>
    <message>
        <source>Add folders and videos to a library. Each picture is looked at once; then a search takes a moment, and says when there is nothing to be found.</source>
        <translation>把文件夹和视频添加到图库。每张图片只需查看一次；之后搜索瞬间完成，找不到时也会说明。</translation>
    </message>
    <message>
        <source>Add folder…</source>
        <translation>添加文件夹…</translation>
    </message>
    <message>
        <source>Add images or videos…</source>
        <translation>添加图片或视频…</translation>
    </message>
    <message>
        <source>Open a library…</source>
        <translation>打开图库…</translation>
    </message>
    <message>
        <source>Results</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>like this picture</source>
        <translation>类似此图片</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Add a folder</source>
        <translation>添加文件夹</translation>
    </message>
    <message>
        <source>Videos (*.mp4 *.mov *.mkv *.avi *.webm *.m4v *.mpg *.mpeg *.mts *.wmv *.3gp)</source>
        <translation>视频 (*.mp4 *.mov *.mkv *.avi *.webm *.m4v *.mpg *.mpeg *.mts *.wmv *.3gp)</translation>
    </message>
    <message>
        <source>Add images or videos</source>
        <translation>添加图片或视频</translation>
    </message>
    <message>
        <source>&amp;Export results…</source>
        <translation>导出结果(&amp;E)…</translation>
    </message>
    <message>
        <source>&amp;Copy paths</source>
        <translation>复制路径(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Paste a picture</source>
        <translation>粘贴图片(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;Find…</source>
        <translation>查找(&amp;F)…</translation>
    </message>
    <message>
        <source>Select &amp;all</source>
        <translation>全选(&amp;A)</translation>
    </message>
    <message>
        <source>Find &amp;similar</source>
        <translation>查找相似(&amp;S)</translation>
    </message>
    <message>
        <source>Compare with the disk</source>
        <translation>与磁盘比较</translation>
    </message>
    <message>
        <source>Pause indexing</source>
        <translation>暂停索引</translation>
    </message>
    <message>
        <source>&amp;Grid</source>
        <translation>网格(&amp;G)</translation>
    </message>
    <message>
        <source>&amp;Table</source>
        <translation>表格(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;Folders</source>
        <translation>文件夹(&amp;F)</translation>
    </message>
    <message>
        <source>Put words into “a photo of …”</source>
        <translation>将词语放入“a photo of …”</translation>
    </message>
    <message>
        <source>To Label</source>
        <translation>到标注</translation>
    </message>
    <message>
        <source>To Matrix</source>
        <translation>到矩阵</translation>
    </message>
    <message>
        <source>To Embeddings</source>
        <translation>到嵌入</translation>
    </message>
    <message>
        <source>There is no picture among the results</source>
        <translation>结果中没有图片</translation>
    </message>
    <message>
        <source>CSV</source>
        <translation>CSV</translation>
    </message>
    <message>
        <source>JSON Lines</source>
        <translation>JSON Lines</translation>
    </message>
    <message>
        <source>Export results</source>
        <translation>导出结果</translation>
    </message>
    <message>
        <source>EDL</source>
        <translation>EDL</translation>
    </message>
    <message>
        <source>Export times</source>
        <translation>导出时间</translation>
    </message>
    <message>
        <source>A folder for the frames</source>
        <translation>存放帧的文件夹</translation>
    </message>
    <message>
        <source>Results as CSV…</source>
        <translation>结果为 CSV…</translation>
    </message>
    <message>
        <source>Results as JSON Lines…</source>
        <translation>结果为 JSON Lines…</translation>
    </message>
    <message>
        <source>Times of moments as CSV…</source>
        <translation>片段时间为 CSV…</translation>
    </message>
    <message>
        <source>Moments as an edit list (EDL)…</source>
        <translation>片段为剪辑表 (EDL)…</translation>
    </message>
    <message>
        <source>Frames of moments…</source>
        <translation>片段的帧…</translation>
    </message>
    <message>
        <source>Exporting frames</source>
        <translation>正在导出帧</translation>
    </message>
    <message numerus="yes">
        <source>%Ln frame(s) written</source>
        <translation>
            <numerusform>已写入 %Ln 帧</numerusform>
        </translation>
    </message>
    <message>
        <source>Copying the picture</source>
        <translation>复制图片</translation>
    </message>
    <message>
        <source>Open its moments</source>
        <translation>打开其片段</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Show in the file manager</source>
        <translation>在文件管理器中显示</translation>
    </message>
    <message>
        <source>Add to the search</source>
        <translation>加入搜索</translation>
    </message>
    <message>
        <source>More like this</source>
        <translation>更多类似</translation>
    </message>
    <message>
        <source>Less like this</source>
        <translation>更少类似</translation>
    </message>
    <message>
        <source>Copy image</source>
        <translation>复制图片</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>New library…</source>
        <translation>新建图库…</translation>
    </message>
    <message>
        <source>Take from this list</source>
        <translation>从此列表中移除</translation>
    </message>
    <message>
        <source>No library</source>
        <translation>没有图库</translation>
    </message>
    <message>
        <source>Open a library</source>
        <translation>打开图库</translation>
    </message>
    <message>
        <source>New library</source>
        <translation>新建图库</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>My pictures</source>
        <translation>我的图片</translation>
    </message>
    <message numerus="yes">
        <source>%Ln image(s)</source>
        <translation>
            <numerusform>%Ln 张图片</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln video(s)</source>
        <translation>
            <numerusform>%Ln 个视频</numerusform>
        </translation>
    </message>
    <message>
        <source>Resume indexing</source>
        <translation>恢复索引</translation>
    </message>
    <message>
        <source>another model</source>
        <translation>另一个模型</translation>
    </message>
    <message>
        <source>This library was made with %1, so it is not searched with the open model</source>
        <translation>此图库由 %1 生成，因此不会用当前模型搜索</translation>
    </message>
    <message>
        <source>Embed again</source>
        <translation>重新嵌入</translation>
    </message>
    <message>
        <source>Open the model</source>
        <translation>打开该模型</translation>
    </message>
    <message>
        <source>The library can be searched, not changed: %1</source>
        <translation>图库可以搜索，但不能更改：%1</translation>
    </message>
    <message>
        <source>All %1 embeddings of %2 are made anew with the open model. Or go back to the model that made them.</source>
        <translation>将用当前模型重新生成 %2 的全部 %1 个嵌入；也可以回到原来的模型。</translation>
    </message>
    <message>
        <source>Open that model</source>
        <translation>打开原模型</translation>
    </message>
    <message>
        <source>Take out of the library</source>
        <translation>从图库中移除</translation>
    </message>
    <message>
        <source>%1 and its embeddings leave the library. The files themselves stay.</source>
        <translation>%1 及其嵌入将从图库中移除。文件本身保留。</translation>
    </message>
    <message>
        <source>chance alone: %1 of %2 above %3</source>
        <translation>仅凭偶然：%2 中有 %1 个高于 %3</translation>
    </message>
    <message>
        <source>Searching…</source>
        <translation>正在搜索…</translation>
    </message>
    <message numerus="yes">
        <source>%Ln moment(s)</source>
        <translation>
            <numerusform>%Ln 个片段</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 ms</source>
        <translation>%1 毫秒</translation>
    </message>
    <message>
        <source>%1 above the line, %2</source>
        <translation>%1高于分界线，%2</translation>
    </message>
    <message>
        <source> and </source>
        <translation>和</translation>
    </message>
    <message>
        <source>Nothing to look at</source>
        <translation>没有可查看的内容</translation>
    </message>
    <message>
        <source>No picture passes the filters, or no folder is chosen.</source>
        <translation>没有图片通过筛选，或未选择任何文件夹。</translation>
    </message>
    <message>
        <source>Reset the filters</source>
        <translation>重置筛选</translation>
    </message>
    <message>
        <source>Nothing found</source>
        <translation>未找到</translation>
    </message>
    <message>
        <source>Nothing in the library is closer to “%1” than chance.</source>
        <translation>图库中没有比偶然更接近“%1”的内容。</translation>
    </message>
    <message>
        <source>Nothing reaches your line, %1.</source>
        <translation>没有内容达到你设定的分界线 %1。</translation>
    </message>
    <message>
        <source>Show the closest all the same</source>
        <translation>仍然显示最接近的</translation>
    </message>
    <message>
        <source>Not searched</source>
        <translation>未搜索</translation>
    </message>
    <message>
        <source>The library was made with another model. Embed it again, or open that model.</source>
        <translation>图库由另一个模型生成。请重新嵌入，或打开该模型。</translation>
    </message>
    <message>
        <source>The library is being made</source>
        <translation>正在建立图库</translation>
    </message>
    <message>
        <source>The first pictures can be searched in a moment; the others join while you search.</source>
        <translation>第一批图片很快就能搜索；其余的会在搜索时陆续加入。</translation>
    </message>
    <message>
        <source>The library is empty</source>
        <translation>图库为空</translation>
    </message>
    <message>
        <source>Add a folder with pictures or videos.</source>
        <translation>请添加含有图片或视频的文件夹。</translation>
    </message>
    <message>
        <source>What do you look for?</source>
        <translation>要找什么？</translation>
    </message>
    <message>
        <source>Describe it in words. “−word” leaves out what looks so; a picture that you drop or paste finds others like it.</source>
        <translation>用文字描述。“−词语”会排除看起来像它的图片；拖入或粘贴一张图片可找到类似的图片。</translation>
    </message>
    <message>
        <source>like %1 marked</source>
        <translation>类似 %1 个标记</translation>
    </message>
    <message>
        <source>like %1, unlike %2 marked</source>
        <translation>类似 %1 个、不类似 %2 个标记</translation>
    </message>
    <message>
        <source>part of %1</source>
        <translation>%1 的局部</translation>
    </message>
    <message>
        <source>frame at %1</source>
        <translation>%1 处的帧</translation>
    </message>
    <message>
        <source>finds %1 of the best</source>
        <translation>可找到 %1 的最佳结果</translation>
    </message>
    <message>
        <source>unlike %1 marked</source>
        <translation>不类似 %1 个标记</translation>
    </message>
    <message>
        <source>Looking for all results</source>
        <translation>正在查找全部结果</translation>
    </message>
    <message numerus="yes">
        <source>%1 in %Ln group(s)</source>
        <translation>
            <numerusform>%1（%Ln 组）</numerusform>
        </translation>
    </message>
    <message>
        <source>the best %1 are shown</source>
        <translation>显示最佳的 %1 个</translation>
    </message>
    <message>
        <source>“%1” does not count</source>
        <translation>“%1”不计入</translation>
    </message>
    <message>
        <source>%1.</source>
        <translation>%1。</translation>
    </message>
</context>
<context>
    <name>diagonal::SearchSession</name>
    <message>
        <source>Looking at the picture</source>
        <translation>正在查看图片</translation>
    </message>
    <message>
        <source>like what is marked</source>
        <translation>类似所标记的</translation>
    </message>
    <message>
        <source>Indexing for quick search</source>
        <translation>正在为快速搜索建立索引</translation>
    </message>
    <message>
        <source>rows/s</source>
        <translation>行/秒</translation>
    </message>
    <message>
        <source>The picture is no longer in the library</source>
        <translation>该图片已不在图库中</translation>
    </message>
    <message>
        <source>Looking at it was stopped</source>
        <translation>已停止查看该图片</translation>
    </message>
</context>
<context>
    <name>diagonal::Services</name>
    <message>
        <source>The demo model is in use instead.</source>
        <translation>现改用演示模型。</translation>
    </message>
    <message>
        <source>Training %1: it saves a checkpoint and can go on later</source>
        <translation>训练 %1：会保存检查点，以后可以继续</translation>
    </message>
    <message>
        <source>settings cannot be written</source>
        <translation>设置无法写入</translation>
    </message>
    <message>
        <source>What you change now is forgotten at the end. Make room there, or allow writing.</source>
        <translation>现在的更改在退出后会丢失。请在该处腾出空间，或允许写入。</translation>
    </message>
    <message numerus="yes">
        <source>One model is open at a time: %1 is opened, %Ln other(s) not</source>
        <translation>
            <numerusform>同时只打开一个模型：已打开 %1，其余 %Ln 个未打开</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>diagonal::SetsButton</name>
    <message>
        <source>Sets of labels</source>
        <translation>标签集</translation>
    </message>
    <message>
        <source>Own labels</source>
        <translation>自定义标签</translation>
    </message>
    <message>
        <source>Labels: %1</source>
        <translation>标签：%1</translation>
    </message>
    <message>
        <source>Save these labels as a set…</source>
        <translation>将这些标签存为标签集…</translation>
    </message>
    <message>
        <source>Delete the set “%1”</source>
        <translation>删除标签集“%1”</translation>
    </message>
    <message>
        <source>Import labels…</source>
        <translation>导入标签…</translation>
    </message>
    <message>
        <source>Text files (*.txt);;All files (*)</source>
        <translation>文本文件 (*.txt);;所有文件 (*)</translation>
    </message>
    <message>
        <source>Export labels…</source>
        <translation>导出标签…</translation>
    </message>
    <message>
        <source>Save labels</source>
        <translation>保存标签</translation>
    </message>
    <message>
        <source>Name of the set</source>
        <translation>标签集名称</translation>
    </message>
    <message>
        <source>Sets of prompt templates</source>
        <translation>提示模板集</translation>
    </message>
    <message>
        <source>Prompt: %1</source>
        <translation>提示：%1</translation>
    </message>
    <message>
        <source>Save these templates as a set…</source>
        <translation>将这些模板存为模板集…</translation>
    </message>
    <message>
        <source>Import templates…</source>
        <translation>导入模板…</translation>
    </message>
    <message>
        <source>Export templates…</source>
        <translation>导出模板…</translation>
    </message>
    <message>
        <source>Save templates</source>
        <translation>保存模板</translation>
    </message>
    <message>
        <source>Labels as written</source>
        <translation>标签按原文</translation>
    </message>
    <message>
        <source>One template</source>
        <translation>单个模板</translation>
    </message>
    <message numerus="yes">
        <source>%Ln own template(s)</source>
        <translation>
            <numerusform>%Ln 个自有模板</numerusform>
        </translation>
    </message>
    <message>
        <source>Text</source>
        <translation>文本</translation>
    </message>
</context>
<context>
    <name>diagonal::SetupPanel</name>
    <message>
        <source>Zero-shot</source>
        <translation>零样本</translation>
    </message>
    <message>
        <source>Pictures with labels…</source>
        <translation>有标签的图片…</translation>
    </message>
    <message>
        <source>Folders named after what they show, a CSV file of paths and labels, or other data as Train takes it</source>
        <translation>以内容命名的文件夹、含路径和标签的 CSV 文件，或训练面板可用的其他数据</translation>
    </message>
    <message>
        <source>Retrieval</source>
        <translation>检索</translation>
    </message>
    <message>
        <source>Pictures with captions…</source>
        <translation>有描述的图片…</translation>
    </message>
    <message>
        <source>Pictures with captions for retrieval and word order; empty: those above, where they have captions</source>
        <translation>用于检索和词序的有描述图片；留空：使用上面的图片（若有描述）</translation>
    </message>
    <message>
        <source>Probes</source>
        <translation>探针</translation>
    </message>
    <message>
        <source>Pictures to learn from…</source>
        <translation>供学习的图片…</translation>
    </message>
    <message>
        <source>Labelled pictures that probes, few-shot and neighbours learn from; empty: the training split of the first, else three fifths of it</source>
        <translation>供探针、少样本和近邻学习的有标签图片；留空：第一组数据的训练部分，否则取其五分之三</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>数据</translation>
    </message>
    <message>
        <source>Tasks</source>
        <translation>任务</translation>
    </message>
    <message>
        <source>Zero-shot and calibration</source>
        <translation>零样本与校准</translation>
    </message>
    <message>
        <source>Each picture is given the class whose prompts are most like it</source>
        <translation>每张图片归入提示与其最相似的类别</translation>
    </message>
    <message>
        <source>Texts are found by pictures, and pictures by texts</source>
        <translation>以图找文，以文找图</translation>
    </message>
    <message>
        <source>Linear probe</source>
        <translation>线性探针</translation>
    </message>
    <message>
        <source>Logistic regression on the model&apos;s embeddings, with the strength of its penalty chosen on other pictures</source>
        <translation>在模型嵌入上做逻辑回归，惩罚强度在另外的图片上选定</translation>
    </message>
    <message>
        <source>Few-shot</source>
        <translation>少样本</translation>
    </message>
    <message>
        <source>The same with 1, 2, 4, 8 and 16 labelled pictures a class</source>
        <translation>同上，每类 1、2、4、8、16 张有标签图片</translation>
    </message>
    <message>
        <source>Nearest neighbours</source>
        <translation>最近邻</translation>
    </message>
    <message>
        <source>The class that most of the nearest labelled pictures have</source>
        <translation>最相近的有标签图片中多数所属的类别</translation>
    </message>
    <message>
        <source>Word order</source>
        <translation>词序</translation>
    </message>
    <message>
        <source>How often a caption wins over itself with two nouns or adjectives exchanged</source>
        <translation>描述胜过交换两个名词或形容词后的自身的频率</translation>
    </message>
    <message>
        <source>Templates</source>
        <translation>模板</translation>
    </message>
    <message>
        <source>Each template alone, growing ensembles, and a choice of a few that help each other</source>
        <translation>逐个模板、逐步增大的组合，以及选出相互补益的几个</translation>
    </message>
    <message>
        <source>Robustness</source>
        <translation>鲁棒性</translation>
    </message>
    <message>
        <source>Zero-shot on pictures with noise, blur, low contrast and JPEG marks</source>
        <translation>在带噪声、模糊、低对比度和 JPEG 痕迹的图片上做零样本</translation>
    </message>
    <message>
        <source>4 kinds</source>
        <translation>4 种</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
    <message>
        <source>At most so many pictures</source>
        <translation>最多使用的图片数</translation>
    </message>
    <message>
        <source>all</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>Few-shot seeds</source>
        <translation>少样本随机种子数</translation>
    </message>
    <message>
        <source>Neighbours asked</source>
        <translation>近邻数</translation>
    </message>
    <message>
        <source>Severity of corruptions</source>
        <translation>损坏程度</translation>
    </message>
    <message>
        <source>Bootstrap draws</source>
        <translation>自助法次数</translation>
    </message>
    <message>
        <source>Probes start from the texts</source>
        <translation>探针从文本出发</translation>
    </message>
    <message>
        <source>Their penalty pulls to the prompts&apos; embeddings instead of to zero</source>
        <translation>惩罚项拉向提示的嵌入而不是零</translation>
    </message>
    <message>
        <source>Add a model to evaluate, and tick a prompt set</source>
        <translation>请添加要评估的模型，并勾选提示集</translation>
    </message>
    <message>
        <source>Tick a task</source>
        <translation>请勾选任务</translation>
    </message>
    <message>
        <source>Choose pictures with labels</source>
        <translation>请选择有标签的图片</translation>
    </message>
    <message>
        <source>Choose pictures with captions</source>
        <translation>请选择有描述的图片</translation>
    </message>
    <message>
        <source>These pictures have no labels: put them into folders named after what they show, or give a CSV file with labels</source>
        <translation>这些图片没有标签：请放入以内容命名的文件夹，或提供带标签的 CSV 文件</translation>
    </message>
    <message>
        <source>Choose pictures with captions for Retrieval and Word order</source>
        <translation>请为“检索”和“词序”选择有描述的图片</translation>
    </message>
    <message>
        <source>k = %1</source>
        <translation>k = %1</translation>
    </message>
    <message numerus="yes">
        <source>%Ln image(s)</source>
        <translation>
            <numerusform>%Ln 张图片</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln class(es)</source>
        <translation>
            <numerusform>%Ln 个类别</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln text(s)</source>
        <translation>
            <numerusform>%Ln 条文本</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln seed(s)</source>
        <translation>
            <numerusform>%Ln 个种子</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>diagonal::ShownRow</name>
    <message>
        <source>no answer</source>
        <translation>无判断</translation>
    </message>
    <message>
        <source>Class names alone</source>
        <translation>仅类别名</translation>
    </message>
    <message>
        <source>%1, %2</source>
        <comment>model, prompts</comment>
        <translation>%1，%2</translation>
    </message>
    <message numerus="yes">
        <source>%Ln picture(s) of %1</source>
        <translation>
            <numerusform>%1的 %Ln 张图片</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>diagonal::SidePanel</name>
    <message>
        <source>there are no labels in it</source>
        <translation>其中没有标签</translation>
    </message>
    <message>
        <source>Write one label a line.</source>
        <translation>请每行写一个标签。</translation>
    </message>
    <message numerus="yes">
        <source>%Ln label(s) read from %1</source>
        <translation>
            <numerusform>已从 %1 读取 %Ln 个标签</numerusform>
        </translation>
    </message>
    <message>
        <source>Labels</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>Prompt</source>
        <translation>提示</translation>
    </message>
    <message>
        <source>“%1” is longer than the model reads: its end does not count</source>
        <translation>“%1”超出模型的读取长度：末尾部分不计入</translation>
    </message>
    <message>
        <source>“%1” stands here more than once and counts as one</source>
        <translation>“%1”重复出现，只计一次</translation>
    </message>
    <message>
        <source>Ranked probabilities appear here for the selected image</source>
        <translation>此处显示所选图片的概率排名</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>Write labels below to compare them</source>
        <translation>在下方输入标签以进行比较</translation>
    </message>
    <message>
        <source>The model has not seen this image yet</source>
        <translation>模型尚未处理此图片</translation>
    </message>
    <message>
        <source>there are no templates in it</source>
        <translation>其中没有模板</translation>
    </message>
    <message>
        <source>Write one template a line.</source>
        <translation>每行写一个模板。</translation>
    </message>
    <message numerus="yes">
        <source>%Ln template(s) read from %1</source>
        <translation>
            <numerusform>已从 %1 读取 %Ln 个模板</numerusform>
        </translation>
    </message>
    <message>
        <source>One a line; “cat | kitten”, “cat @ 60%”, “! something else”</source>
        <translation>每行一个；“cat | kitten”、“cat @ 60%”、“! something else”</translation>
    </message>
    <message>
        <source>Reading %1</source>
        <translation>正在读取 %1</translation>
    </message>
    <message>
        <source>Use the fitted temperature, %1</source>
        <translation>使用拟合的温度 %1</translation>
    </message>
    <message>
        <source>Probabilities, and who is sure, are by the temperature that Evaluate has fitted, not by the model&apos;s %1. No answer is another.</source>
        <translation>概率和“确定”按评估面板拟合的温度计算，而不是模型自带的 %1。判断不变。</translation>
    </message>
    <message>
        <source>Probabilities are by the model&apos;s own temperature, %1. Evaluate has fitted another.</source>
        <translation>概率按模型自带的温度 %1 计算。评估面板拟合了另一个温度。</translation>
    </message>
</context>
<context>
    <name>diagonal::SortDialog</name>
    <message>
        <source>Sort into folders</source>
        <translation>分类到文件夹</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Move</source>
        <translation>移动</translation>
    </message>
    <message>
        <source>The pictures stay where they are, too</source>
        <translation>图片同时保留在原处</translation>
    </message>
    <message>
        <source>The pictures leave their folders; the list follows them</source>
        <translation>图片离开原文件夹，列表随之更新</translation>
    </message>
    <message>
        <source>Sort as well</source>
        <translation>一并分类</translation>
    </message>
    <message>
        <source>Leave alone</source>
        <translation>保持不动</translation>
    </message>
    <message>
        <source>Into “%1”</source>
        <translation>放入“%1”</translation>
    </message>
    <message>
        <source>Each picture goes into a folder named as its best label. Nothing is overwritten.</source>
        <translation>每张图片放入以其最佳标签命名的文件夹，不会覆盖任何文件。</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>Destination</source>
        <translation>目标文件夹</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>图片</translation>
    </message>
    <message numerus="yes">
        <source>%Ln unsure</source>
        <translation>
            <numerusform>%Ln 张不确定</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln without a label</source>
        <translation>
            <numerusform>%Ln 张没有标签</numerusform>
        </translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Choose a folder</source>
        <translation>请选择文件夹</translation>
    </message>
    <message>
        <source>Give the whole path of the folder</source>
        <translation>请指定文件夹的完整路径</translation>
    </message>
    <message>
        <source>Planning the sort</source>
        <translation>正在规划分类</translation>
    </message>
    <message numerus="yes">
        <source>Move %Ln picture(s)</source>
        <translation>
            <numerusform>移动 %Ln 张图片</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Copy %Ln picture(s)</source>
        <translation>
            <numerusform>复制 %Ln 张图片</numerusform>
        </translation>
    </message>
    <message>
        <source>Nothing to move</source>
        <translation>没有可移动的图片</translation>
    </message>
    <message>
        <source>Nothing to copy</source>
        <translation>没有可复制的图片</translation>
    </message>
    <message>
        <source>Unsure</source>
        <translation>不确定</translation>
    </message>
    <message>
        <source>Others</source>
        <translation>其他</translation>
    </message>
    <message>
        <source>Shown (%1)</source>
        <translation>所示 (%1)</translation>
    </message>
    <message>
        <source>All (%1)</source>
        <translation>全部 (%1)</translation>
    </message>
    <message>
        <source>Which</source>
        <translation>范围</translation>
    </message>
</context>
<context>
    <name>diagonal::SortPreview</name>
    <message>
        <source>Folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>First files</source>
        <translation>前几个文件</translation>
    </message>
    <message>
        <source>Preview</source>
        <translation>预览</translation>
    </message>
    <message numerus="yes">
        <source>%Ln unsure</source>
        <translation>
            <numerusform>%Ln 张不确定</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln without a label that fits</source>
        <translation>
            <numerusform>%Ln 张没有合适的标签</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln not labelled yet</source>
        <translation>
            <numerusform>%Ln 张尚未标注</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln that cannot be read</source>
        <translation>
            <numerusform>%Ln 张无法读取</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln already in place</source>
        <translation>
            <numerusform>%Ln 张已在目标位置</numerusform>
        </translation>
    </message>
    <message>
        <source>Left alone: %1</source>
        <translation>保持不动：%1</translation>
    </message>
    <message numerus="yes">
        <source>%Ln file(s) missing: %1</source>
        <translation>
            <numerusform>缺少 %Ln 个文件：%1</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>diagonal::SortSession</name>
    <message numerus="yes">
        <source>sort %Ln picture(s)</source>
        <translation>
            <numerusform>分类 %Ln 张图片</numerusform>
        </translation>
    </message>
    <message>
        <source>Moving pictures</source>
        <translation>正在移动图片</translation>
    </message>
    <message>
        <source>Copying pictures</source>
        <translation>正在复制图片</translation>
    </message>
    <message>
        <source>Undoing the sort</source>
        <translation>正在撤销分类</translation>
    </message>
    <message numerus="yes">
        <source>%Ln picture(s) moved back</source>
        <translation>
            <numerusform>已移回 %Ln 张图片</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln copied picture(s) removed</source>
        <translation>
            <numerusform>已移除 %Ln 张复制的图片</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln picture(s) moved into folders in %1</source>
        <translation>
            <numerusform>已将 %Ln 张图片移动到 %1 的文件夹中</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln picture(s) copied into folders in %1</source>
        <translation>
            <numerusform>已将 %Ln 张图片复制到 %1 的文件夹中</numerusform>
        </translation>
    </message>
    <message>
        <source>Stopped: %1</source>
        <translation>已停止：%1</translation>
    </message>
    <message numerus="yes">
        <source>%1, and %Ln other(s) failed</source>
        <translation>
            <numerusform>%1，另有 %Ln 个失败</numerusform>
        </translation>
    </message>
    <message>
        <source>interrupted sort</source>
        <translation>中断的整理</translation>
    </message>
    <message>
        <source>a sort into this folder was interrupted before its end</source>
        <translation>向此文件夹的整理在完成前中断</translation>
    </message>
    <message>
        <source>Edit &gt; Undo takes back what it did; sorting again goes on with the rest.</source>
        <translation>“编辑 &gt; 撤销”可撤回已做的部分；再次整理会继续其余部分。</translation>
    </message>
</context>
<context>
    <name>diagonal::SourceRow</name>
    <message>
        <source>More for this folder</source>
        <translation>此文件夹的更多操作</translation>
    </message>
    <message>
        <source>Indexed</source>
        <translation>已索引</translation>
    </message>
    <message>
        <source>More for %1</source>
        <translation>%1 的更多操作</translation>
    </message>
    <message numerus="yes">
        <source>%Ln image(s)</source>
        <translation>
            <numerusform>%Ln 张图片</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln video(s)</source>
        <translation>
            <numerusform>%Ln 个视频</numerusform>
        </translation>
    </message>
    <message>
        <source>from the index</source>
        <translation>来自索引</translation>
    </message>
    <message>
        <source>watched</source>
        <translation>已监视</translation>
    </message>
    <message>
        <source>%1 of %2 files</source>
        <translation>%1 / %2 个文件</translation>
    </message>
    <message>
        <source>Of another model, not searched</source>
        <translation>属于另一个模型，未搜索</translation>
    </message>
    <message>
        <source>Drive not connected</source>
        <translation>驱动器未连接</translation>
    </message>
    <message numerus="yes">
        <source>%Ln could not be read</source>
        <translation>
            <numerusform>%Ln 个无法读取</numerusform>
        </translation>
    </message>
    <message>
        <source>Up to date</source>
        <translation>已是最新</translation>
    </message>
</context>
<context>
    <name>diagonal::SourceView</name>
    <message>
        <source>First rows</source>
        <translation>前几行</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>First rows of the file</source>
        <translation>文件的前几行</translation>
    </message>
    <message>
        <source>Files that could not be read</source>
        <translation>无法读取的文件</translation>
    </message>
    <message>
        <source>Drop images to embed them</source>
        <translation>拖放图片以生成嵌入</translation>
    </message>
    <message>
        <source>Files or whole folders. Each image becomes a row of numbers for your own tools.</source>
        <translation>可拖放文件或整个文件夹。每张图片成为一行数值，供其他工具使用。</translation>
    </message>
    <message>
        <source>Open images…</source>
        <translation>打开图片…</translation>
    </message>
    <message>
        <source>Open folder…</source>
        <translation>打开文件夹…</translation>
    </message>
    <message>
        <source>One text a line</source>
        <translation>每行一条文本</translation>
    </message>
    <message>
        <source>Texts, one a line</source>
        <translation>文本，每行一条</translation>
    </message>
    <message>
        <source>Texts</source>
        <translation>文本</translation>
    </message>
    <message>
        <source>one a line; empty lines are left out</source>
        <translation>每行一条；空行略去</translation>
    </message>
    <message numerus="yes">
        <source>%n could not be read</source>
        <translation>
            <numerusform>%n 个无法读取</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 / %2</translation>
    </message>
    <message>
        <source>Open texts</source>
        <translation>打开文本</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Embed the rows that are missing</source>
        <translation>嵌入尚缺的行</translation>
    </message>
    <message>
        <source>the first %1 of %2, too many to be edited here</source>
        <translation>共 %2 条，仅显示前 %1 条：数量太多，无法在此编辑</translation>
    </message>
    <message>
        <source>Column of the table</source>
        <translation>表格的列</translation>
    </message>
    <message>
        <source>Column</source>
        <translation>列</translation>
    </message>
    <message>
        <source>Texts and tables (*.txt *.csv *.tsv);;All files (*)</source>
        <translation>文本和表格 (*.txt *.csv *.tsv);;所有文件 (*)</translation>
    </message>
    <message>
        <source>Open images, videos or a table</source>
        <translation>打开图片、视频或表格</translation>
    </message>
    <message numerus="yes">
        <source>%Ln more line(s) like that</source>
        <translation>
            <numerusform>还有 %Ln 行类似情况</numerusform>
        </translation>
    </message>
    <message>
        <source>Reading a table</source>
        <translation>正在读取表格</translation>
    </message>
    <message>
        <source>of %1</source>
        <translation>来自 %1</translation>
    </message>
    <message>
        <source>a video: a row for each key frame</source>
        <translation>视频：每个关键帧一行</translation>
    </message>
</context>
<context>
    <name>diagonal::SplitBar</name>
    <message>
        <source>train</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>validation</source>
        <translation>验证</translation>
    </message>
    <message>
        <source>held back for validation</source>
        <translation>留作验证</translation>
    </message>
    <message>
        <source>test</source>
        <translation>测试</translation>
    </message>
</context>
<context>
    <name>diagonal::StatusBar</name>
    <message>
        <source>No jobs running</source>
        <translation>没有正在运行的任务</translation>
    </message>
    <message>
        <source>Demo model</source>
        <translation>演示模型</translation>
    </message>
    <message>
        <source>Opening %1…</source>
        <translation>正在打开 %1…</translation>
    </message>
    <message>
        <source>T %1</source>
        <translation>T %1</translation>
    </message>
    <message>
        <source>No model</source>
        <translation>没有模型</translation>
    </message>
    <message numerus="yes">
        <source>%n more</source>
        <translation>
            <numerusform>另有 %n 项</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>diagonal::SuspectPage</name>
    <message>
        <source>Open in Label</source>
        <translation>在标注面板中打开</translation>
    </message>
    <message>
        <source>Labels that may be wrong</source>
        <translation>可能有误的标签</translation>
    </message>
    <message>
        <source>Tick Linear probe: labels that it and zero-shot both contradict are listed here</source>
        <translation>请勾选“线性探针”：它与零样本都不认同的标签会列在这里</translation>
    </message>
    <message>
        <source>No label is contradicted by both zero-shot and linear probe</source>
        <translation>没有标签同时被零样本和线性探针否定</translation>
    </message>
    <message>
        <source>Zero-shot and linear probe, which has not seen these pictures, surely agree on another label: %1</source>
        <translation>零样本和未见过这些图片的线性探针都有把握地给出另一个标签：%1</translation>
    </message>
</context>
<context>
    <name>diagonal::SuspectTableModel</name>
    <message>
        <source>Picture</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>Its label</source>
        <translation>其标签</translation>
    </message>
    <message>
        <source>Both say</source>
        <translation>两者判断</translation>
    </message>
    <message>
        <source>Zero-shot</source>
        <translation>零样本</translation>
    </message>
    <message>
        <source>Probe</source>
        <translation>探针</translation>
    </message>
</context>
<context>
    <name>diagonal::TableColumn</name>
    <message>
        <source>Clear filters</source>
        <translation>清除筛选</translation>
    </message>
    <message>
        <source>No picture passes the filters</source>
        <translation>没有符合筛选条件的图片</translation>
    </message>
    <message>
        <source>Search for fewer words, or show all pictures again.</source>
        <translation>减少搜索词，或重新显示全部图片。</translation>
    </message>
    <message>
        <source>Search file, folder, label, error</source>
        <translation>搜索文件、文件夹、标签、错误</translation>
    </message>
    <message>
        <source>Pictures with all these words</source>
        <translation>包含所有这些词的图片</translation>
    </message>
    <message>
        <source>Which label is shown</source>
        <translation>显示哪个标签</translation>
    </message>
    <message>
        <source>All labels</source>
        <translation>所有标签</translation>
    </message>
    <message>
        <source>No label</source>
        <translation>无标签</translation>
    </message>
    <message>
        <source>in folder “%1”</source>
        <translation>位于文件夹“%1”</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 / %2</translation>
    </message>
</context>
<context>
    <name>diagonal::TableStrip</name>
    <message>
        <source>Hide counts and confusion</source>
        <translation>隐藏统计和混淆矩阵</translation>
    </message>
    <message>
        <source>Counts</source>
        <translation>统计</translation>
    </message>
    <message>
        <source>Confusion</source>
        <translation>混淆矩阵</translation>
    </message>
    <message>
        <source>Below the table</source>
        <translation>表格下方</translation>
    </message>
    <message>
        <source>When the pictures lie in folders that are named like labels, such as “cat” and “dog”, this shows how often label and folder agree.</source>
        <translation>如果图片位于以标签命名的文件夹中，例如“cat”和“dog”，这里会显示标签与文件夹一致的次数。</translation>
    </message>
    <message>
        <source>Show counts and confusion</source>
        <translation>显示统计和混淆矩阵</translation>
    </message>
    <message>
        <source>Label and folder agree for %1 of %2 pictures: %3</source>
        <translation>%2 张图片中有 %1 张的标签与文件夹一致：%3</translation>
    </message>
    <message>
        <source>Images per label</source>
        <translation>每个标签的图片数</translation>
    </message>
</context>
<context>
    <name>diagonal::TemperatureSlider</name>
    <message>
        <source>Reset</source>
        <translation>重置</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>温度</translation>
    </message>
</context>
<context>
    <name>diagonal::TemperatureTrack</name>
    <message>
        <source>Temperature</source>
        <translation>温度</translation>
    </message>
    <message>
        <source>model %1</source>
        <translation>模型 %1</translation>
    </message>
</context>
<context>
    <name>diagonal::TemplatePage</name>
    <message>
        <source>As given</source>
        <translation>原始顺序</translation>
    </message>
    <message>
        <source>Chosen</source>
        <translation>选出的</translation>
    </message>
    <message>
        <source>Add the chosen as a prompt set</source>
        <translation>把选出的添加为提示集</translation>
    </message>
    <message>
        <source>Order of templates</source>
        <translation>模板的顺序</translation>
    </message>
    <message>
        <source>Templates</source>
        <translation>模板</translation>
    </message>
    <message>
        <source>Tick Templates among the tasks and give a model a set of several templates, such as OpenAI 80: each is tried alone, and a few that help each other are chosen.</source>
        <translation>请在任务中勾选“模板”，并给模型一组多个模板（如 OpenAI 80）：逐个尝试，并选出相互补益的几个。</translation>
    </message>
    <message>
        <source>Measured on %1; the chosen get %2 on other pictures</source>
        <translation>在%1上测量；选出的模板在其他图片上达到 %2</translation>
    </message>
</context>
<context>
    <name>diagonal::TemplateTableModel</name>
    <message>
        <source>Template</source>
        <translation>模板</translation>
    </message>
    <message>
        <source>Alone</source>
        <translation>单独</translation>
    </message>
    <message>
        <source>With those above</source>
        <translation>与以上合用</translation>
    </message>
</context>
<context>
    <name>diagonal::TermChip</name>
    <message>
        <source>Without %1</source>
        <translation>不含 %1</translation>
    </message>
    <message>
        <source>Weight of %1</source>
        <translation>%1 的权重</translation>
    </message>
    <message>
        <source>Remove %1 from the search</source>
        <translation>从搜索中移除 %1</translation>
    </message>
    <message>
        <source>Does not count: %1</source>
        <translation>不计入：%1</translation>
    </message>
</context>
<context>
    <name>diagonal::ThumbnailCache</name>
    <message>
        <source>too large to show (%1 × %2 pixels)</source>
        <translation>太大，无法显示（%1 × %2 像素）</translation>
    </message>
    <message>
        <source>not an image</source>
        <translation>不是图片</translation>
    </message>
    <message>
        <source>Video</source>
        <translation>视频</translation>
    </message>
</context>
<context>
    <name>diagonal::TileDelegate</name>
    <message>
        <source>Not readable</source>
        <translation>无法读取</translation>
    </message>
    <message>
        <source>No label</source>
        <translation>无标签</translation>
    </message>
</context>
<context>
    <name>diagonal::TrainPane</name>
    <message>
        <source>New run…</source>
        <translation>新建运行…</translation>
    </message>
    <message>
        <source>Open run folder…</source>
        <translation>打开运行文件夹…</translation>
    </message>
    <message>
        <source>Stop training</source>
        <translation>停止训练</translation>
    </message>
    <message>
        <source>Resume run</source>
        <translation>恢复运行</translation>
    </message>
    <message>
        <source>Look for new runs</source>
        <translation>查找新的运行</translation>
    </message>
    <message>
        <source>Run folder</source>
        <translation>运行文件夹</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>训练运行</translation>
    </message>
    <message>
        <source>Train a model</source>
        <translation>训练模型</translation>
    </message>
    <message>
        <source>Choose pictures with captions, or let Diagonal draw scenes. Loss, temperature and the matrix of a probe batch show what the model learns while it learns it.</source>
        <translation>选择带描述的图片，或让 Diagonal 绘制场景。损失、温度和探测批次的矩阵实时展示模型学到的内容。</translation>
    </message>
    <message>
        <source>Another run is training. Stop it, or wait for its end.</source>
        <translation>另一个运行正在训练。请停止它，或等待其结束。</translation>
    </message>
    <message>
        <source>Reading the run</source>
        <translation>读取运行</translation>
    </message>
    <message>
        <source>Looking for runs</source>
        <translation>查找运行</translation>
    </message>
    <message>
        <source>Train</source>
        <translation>训练</translation>
    </message>
</context>
<context>
    <name>diagonal::TrainWizard</name>
    <message>
        <source>New training run</source>
        <translation>新建训练运行</translation>
    </message>
    <message>
        <source>Enter accepts each page as it stands</source>
        <translation>按 Enter 键接受每页的当前设置</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>上一步</translation>
    </message>
    <message>
        <source>Start training</source>
        <translation>开始训练</translation>
    </message>
    <message>
        <source>Next: %1</source>
        <translation>下一步：%1</translation>
    </message>
    <message>
        <source>Another run is training. Stop it, or wait for its end.</source>
        <translation>另一个运行正在训练。请停止它，或等待其结束。</translation>
    </message>
    <message>
        <source>Start over</source>
        <translation>重新开始</translation>
    </message>
    <message>
        <source>Take back starting over</source>
        <translation>撤回“重新开始”</translation>
    </message>
    <message>
        <source>Another run is training; this one can start after it.</source>
        <translation>另一个训练正在进行；它结束后才能开始此训练。</translation>
    </message>
</context>
<context>
    <name>diagonal::TrainingService</name>
    <message>
        <source>samples/s</source>
        <translation>样本/秒</translation>
    </message>
</context>
<context>
    <name>diagonal::VideoPage</name>
    <message>
        <source>Reveal</source>
        <translation>显示位置</translation>
    </message>
    <message>
        <source>Close the video</source>
        <translation>关闭视频</translation>
    </message>
    <message>
        <source>Previous moment</source>
        <translation>上一个片段</translation>
    </message>
    <message>
        <source>Previous frame</source>
        <translation>上一帧</translation>
    </message>
    <message>
        <source>Play without sound</source>
        <translation>无声播放</translation>
    </message>
    <message>
        <source>Next frame</source>
        <translation>下一帧</translation>
    </message>
    <message>
        <source>Next moment</source>
        <translation>下一个片段</translation>
    </message>
    <message>
        <source>Copy the frame</source>
        <translation>复制此帧</translation>
    </message>
    <message>
        <source>Search from this frame</source>
        <translation>从此帧搜索</translation>
    </message>
    <message>
        <source>Moments</source>
        <translation>片段</translation>
    </message>
    <message>
        <source>By time</source>
        <translation>按时间</translation>
    </message>
    <message>
        <source>Best first</source>
        <translation>最佳优先</translation>
    </message>
    <message>
        <source>Order of moments</source>
        <translation>片段的顺序</translation>
    </message>
    <message>
        <source>Moments above the line</source>
        <translation>分界线以上的片段</translation>
    </message>
    <message>
        <source>Below the line</source>
        <translation>分界线以下</translation>
    </message>
    <message>
        <source>Moments below the line</source>
        <translation>分界线以下的片段</translation>
    </message>
    <message>
        <source>Export frames…</source>
        <translation>导出帧…</translation>
    </message>
    <message>
        <source>EDL…</source>
        <translation>EDL…</translation>
    </message>
    <message numerus="yes">
        <source>%Ln frame(s) looked at</source>
        <translation>
            <numerusform>查看了 %Ln 帧</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 to %2</source>
        <translation>%1 至 %2</translation>
    </message>
    <message>
        <source>stays below</source>
        <translation>未达到</translation>
    </message>
    <message>
        <source>%1 above %2</source>
        <translation>%1 个高于 %2</translation>
    </message>
    <message>
        <source>%1, %2 said</source>
        <translation>%1，%2 个见于字幕</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 / %2</translation>
    </message>
    <message>
        <source>Cosine %1   %2</source>
        <translation>余弦 %1   %2</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>CSV…</source>
        <translation>CSV…</translation>
    </message>
    <message>
        <source>The best frame of each moment as a picture</source>
        <translation>把每个片段的最佳帧存为图片</translation>
    </message>
    <message>
        <source>Times of moments as CSV</source>
        <translation>把片段的时间存为 CSV</translation>
    </message>
    <message>
        <source>Moments as an edit list (EDL)</source>
        <translation>把片段存为剪辑表 (EDL)</translation>
    </message>
    <message>
        <source>Nothing in this video is above the line.</source>
        <translation>此视频中没有内容高于分界线。</translation>
    </message>
    <message>
        <source>Search for something, and its moments stand here.</source>
        <translation>搜索内容后，相应的片段会列在这里。</translation>
    </message>
</context>
<context>
    <name>diagonal::WeightEdit</name>
    <message>
        <source>Weight: type it, drag sideways, or use the arrow keys</source>
        <translation>权重：输入、左右拖动或使用方向键</translation>
    </message>
</context>
<context>
    <name>diagonal::WizardPage</name>
    <message>
        <source>The warm-up of %1 steps is longer than the run of %2: the learning rate stays below what is given.</source>
        <translation>预热 %1 步，比整个训练的 %2 步还长：学习率达不到给定值。</translation>
    </message>
    <message>
        <source>The run of %1 steps ends before the first validation, but for the one at its end.</source>
        <translation>训练只有 %1 步，除结束时外不会进行验证。</translation>
    </message>
    <message>
        <source>The run of %1 steps ends before the first checkpoint, but for the one at its end.</source>
        <translation>训练只有 %1 步，除结束时外不会保存检查点。</translation>
    </message>
</context>
<context>
    <name>diagonal::WordsHistogram</name>
    <message>
        <source>Words a caption, median %1</source>
        <translation>每条描述的词数，中位数 %1</translation>
    </message>
    <message numerus="yes">
        <source>median %n words</source>
        <translation>
            <numerusform>中位数 %n 词</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>diagonal::commandLine</name>
    <message>
        <source>--%1: “%2” is not one of %3.</source>
        <translation>--%1：“%2”不在可选值之中：%3。</translation>
    </message>
    <message>
        <source>A workbench for CLIP models.</source>
        <translation>CLIP 模型的工作台。</translation>
    </message>
    <message>
        <source>Show this help.</source>
        <translation>显示此帮助。</translation>
    </message>
    <message>
        <source>Show the version.</source>
        <translation>显示版本。</translation>
    </message>
    <message>
        <source>Model to open: a folder, a file with weights, a run, a name such as ViT-B/32, or demo. Without it the last one is opened.</source>
        <translation>要打开的模型：文件夹、权重文件、训练运行、ViT-B/32 这样的名称，或 demo。不指定时打开上次的模型。</translation>
    </message>
    <message>
        <source>Pane to show: %1.</source>
        <translation>要显示的面板：%1。</translation>
    </message>
    <message>
        <source>Colours: %1.</source>
        <translation>颜色：%1。</translation>
    </message>
    <message>
        <source>Language and numbers, as in en, de or zh_CN.</source>
        <translation>语言和数字格式，例如 en、de 或 zh_CN。</translation>
    </message>
    <message>
        <source>Open a window of its own, also where Diagonal is open already.</source>
        <translation>即使 Diagonal 已经打开，也另开一个窗口。</translation>
    </message>
    <message>
        <source>Pictures, folders, lists of pictures, models or runs to open, also as file:// addresses. Pictures go to Label unless --pane is given. Where Diagonal is open already, they are opened there.</source>
        <translation>要打开的图片、文件夹、图片列表、模型或训练运行，也可以是 file:// 地址。除非指定 --pane，图片在“标注”面板中打开。如果 Diagonal 已经打开，就在那个窗口中打开。</translation>
    </message>
    <message>
        <source>Try: diagonal --help</source>
        <translation>请参阅：diagonal --help</translation>
    </message>
    <message>
        <source>--lang: “%1” is no language.</source>
        <translation>--lang：“%1”不是语言。</translation>
    </message>
    <message>
        <source>“%1” is no file of this computer, and nothing is fetched.</source>
        <translation>“%1”不是本机上的文件，程序不会下载任何内容。</translation>
    </message>
    <message>
        <source>Diagonal is open already: --theme and --lang count for a window that is opened anew (--new-instance).</source>
        <translation>Diagonal 已经打开：--theme 和 --lang 只对新开的窗口（--new-instance）有效。</translation>
    </message>
</context>
<context>
    <name>diagonal::dialogs</name>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Next, previous panel</source>
        <translation>下一区域，上一区域</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>键盘快捷键</translation>
    </message>
    <message>
        <source>Engine</source>
        <translation>引擎</translation>
    </message>
    <message>
        <source>About Diagonal</source>
        <translation>关于 Diagonal</translation>
    </message>
    <message>
        <source>A workbench for CLIP models, named after the diagonal of the image-text similarity matrix: the matching pairs that training pulls up. Nothing leaves this computer.</source>
        <translation>CLIP 模型的工作台，得名于图文相似度矩阵的对角线：训练所提升的正是其上的匹配图文对。数据不会离开本机。</translation>
    </message>
    <message>
        <source>Next, previous control</source>
        <translation>下一个、上一个控件</translation>
    </message>
    <message>
        <source>Walk tiles, choices, cells and points of a plot</source>
        <translation>在图块、选项、单元格和曲线的点之间移动</translation>
    </message>
    <message>
        <source>Zoom a matrix or plot, fit it</source>
        <translation>缩放矩阵或曲线，适合窗口</translation>
    </message>
    <message>
        <source>Unfold, fold, select a group</source>
        <translation>展开、折叠、选中一组</translation>
    </message>
    <message>
        <source>Sort a table, choose its columns</source>
        <translation>表格排序，选择列</translation>
    </message>
    <message>
        <source>Menu of what has the focus</source>
        <translation>当前焦点的菜单</translation>
    </message>
    <message>
        <source>Messages</source>
        <translation>消息</translation>
    </message>
    <message>
        <source>Nothing was said yet</source>
        <translation>还没有消息</translation>
    </message>
</context>
<context>
    <name>diagonal::engine</name>
    <message>
        <source>there is no such file or folder</source>
        <translation>没有这个文件或文件夹</translation>
    </message>
    <message>
        <source>there is no such file</source>
        <translation>没有这个文件</translation>
    </message>
    <message>
        <source>the file is empty</source>
        <translation>文件是空的</translation>
    </message>
    <message>
        <source>this is a folder, not a file</source>
        <translation>这是文件夹，不是文件</translation>
    </message>
    <message>
        <source>not a regular file</source>
        <translation>不是普通文件</translation>
    </message>
    <message>
        <source>is not a folder</source>
        <translation>不是文件夹</translation>
    </message>
    <message>
        <source>the file is larger than %1 bytes</source>
        <translation>文件大于 %1 字节</translation>
    </message>
    <message>
        <source>the folder cannot be read: %1</source>
        <translation>无法读取文件夹：%1</translation>
    </message>
    <message>
        <source>the folder cannot be made: %1</source>
        <translation>无法创建文件夹：%1</translation>
    </message>
    <message>
        <source>cannot be written to: %1</source>
        <translation>无法写入其中：%1</translation>
    </message>
    <message>
        <source>cannot be written: %1</source>
        <translation>无法写入：%1</translation>
    </message>
    <message>
        <source>cannot be read: %1</source>
        <translation>无法读取：%1</translation>
    </message>
    <message>
        <source>cannot be made: %1</source>
        <translation>无法创建：%1</translation>
    </message>
    <message>
        <source>cannot be created: %1</source>
        <translation>无法建立：%1</translation>
    </message>
    <message>
        <source>cannot be removed: %1</source>
        <translation>无法删除：%1</translation>
    </message>
    <message>
        <source>cannot be put in place: %1</source>
        <translation>无法放到目标位置：%1</translation>
    </message>
    <message>
        <source>cannot go back, another file is at %1</source>
        <translation>无法移回，%1 处已有其他文件</translation>
    </message>
    <message>
        <source>Free some space and try again</source>
        <translation>请腾出一些空间后重试</translation>
    </message>
    <message>
        <source>Free some space</source>
        <translation>请腾出一些空间</translation>
    </message>
    <message>
        <source>Choose another destination</source>
        <translation>请选择其他目标</translation>
    </message>
    <message>
        <source>Choose a folder</source>
        <translation>请选择文件夹</translation>
    </message>
    <message>
        <source>Give another folder</source>
        <translation>请指定其他文件夹</translation>
    </message>
    <message>
        <source>Give a new or an empty folder</source>
        <translation>请指定新的或空的文件夹</translation>
    </message>
    <message>
        <source>there is something in this folder already</source>
        <translation>此文件夹中已有内容</translation>
    </message>
    <message>
        <source>another sort into this folder is under way</source>
        <translation>正在向此文件夹整理其他图片</translation>
    </message>
    <message>
        <source>nothing was sorted into this folder</source>
        <translation>没有图片整理到此文件夹</translation>
    </message>
    <message>
        <source>Give the file one of these endings</source>
        <translation>请使用其中一种文件扩展名</translation>
    </message>
    <message>
        <source>a matrix is written as .csv or .npy</source>
        <translation>矩阵写为 .csv 或 .npy</translation>
    </message>
    <message>
        <source>not enough memory for an image of %1 x %2 pixels</source>
        <translation>内存不足以读取 %1 x %2 像素的图片</translation>
    </message>
    <message>
        <source>the image is too large (%1 x %2 pixels; at most %3 million are read)</source>
        <translation>图片过大（%1 x %2 像素；最多读取 %3 百万像素）</translation>
    </message>
    <message>
        <source>Scale it down</source>
        <translation>请缩小图片</translation>
    </message>
    <message>
        <source>Convert it to JPEG or PNG</source>
        <translation>请转换为 JPEG 或 PNG</translation>
    </message>
    <message>
        <source>the %1 data is damaged or truncated</source>
        <translation>%1 数据已损坏或被截断</translation>
    </message>
    <message>
        <source>the %1 data is damaged (%2)</source>
        <translation>%1 数据已损坏（%2）</translation>
    </message>
    <message>
        <source>the %1 data is damaged</source>
        <translation>%1 数据已损坏</translation>
    </message>
    <message>
        <source>the %1 header is damaged (%2)</source>
        <translation>%1 文件头已损坏（%2）</translation>
    </message>
    <message>
        <source>%1 images of this kind cannot be read</source>
        <translation>无法读取此类 %1 图片</translation>
    </message>
    <message>
        <source>this build of Diagonal cannot read %1</source>
        <translation>此版本的 Diagonal 无法读取 %1</translation>
    </message>
    <message>
        <source>none of the %1 pictures could be read</source>
        <translation>%1 张图片全部无法读取</translation>
    </message>
    <message>
        <source>there is no such model</source>
        <translation>没有这个模型</translation>
    </message>
    <message>
        <source>Open another model</source>
        <translation>请打开其他模型</translation>
    </message>
    <message>
        <source>The download or copy failed: get the file again</source>
        <translation>下载或复制失败：请重新获取文件</translation>
    </message>
    <message>
        <source>The file is cut or damaged: get it again</source>
        <translation>文件不完整或已损坏：请重新获取</translation>
    </message>
    <message>
        <source>The file is damaged: get it again</source>
        <translation>文件已损坏：请重新获取</translation>
    </message>
    <message>
        <source>Get the file again</source>
        <translation>请重新获取文件</translation>
    </message>
    <message>
        <source>the file begins with zeros alone: a download that reserved its space and did not finish</source>
        <translation>文件开头全为零：下载预留了空间但没有完成</translation>
    </message>
    <message>
        <source>this is a web page, not a model: the website answered the download with an error or a login</source>
        <translation>这是网页，不是模型：网站对下载返回了错误或登录页面</translation>
    </message>
    <message>
        <source>Open the address in a browser and download the file there</source>
        <translation>请在浏览器中打开该地址并下载文件</translation>
    </message>
    <message>
        <source>this is a text file, not a model: it begins with %1</source>
        <translation>这是文本文件，不是模型：开头是 %1</translation>
    </message>
    <message>
        <source>this is a JSON file, not a model</source>
        <translation>这是 JSON 文件，不是模型</translation>
    </message>
    <message>
        <source>this is a model in the ONNX format</source>
        <translation>这是 ONNX 格式的模型</translation>
    </message>
    <message>
        <source>Get the PyTorch file that it was made of</source>
        <translation>请获取生成它的 PyTorch 文件</translation>
    </message>
    <message>
        <source>this is a model of Keras</source>
        <translation>这是 Keras 的模型</translation>
    </message>
    <message>
        <source>Get the model as safetensors or PyTorch file</source>
        <translation>请获取 safetensors 或 PyTorch 格式的模型</translation>
    </message>
    <message>
        <source>this is a tar archive</source>
        <translation>这是 tar 归档</translation>
    </message>
    <message>
        <source>Unpack it first (tar xf) and open the model in it</source>
        <translation>请先解包（tar xf），再打开其中的模型</translation>
    </message>
    <message>
        <source>this is a zip archive with other files in it</source>
        <translation>这是包含其他文件的 zip 归档</translation>
    </message>
    <message>
        <source>Unpack it first and open the model in it</source>
        <translation>请先解包，再打开其中的模型</translation>
    </message>
    <message>
        <source>this is no checkpoint that Diagonal knows</source>
        <translation>这不是 Diagonal 认识的检查点</translation>
    </message>
    <message>
        <source>the file ends within its header</source>
        <translation>文件在文件头中就结束了</translation>
    </message>
    <message>
        <source>tensor %1 is missing: not a whole CLIP model</source>
        <translation>缺少张量 %1：不是完整的 CLIP 模型</translation>
    </message>
    <message>
        <source>has an image tower of a kind that is not known here</source>
        <translation>图像塔的类型未知</translation>
    </message>
    <message>
        <source>the GPU&apos;s memory does not hold a relevance map</source>
        <translation>GPU 显存不足以计算相关性图</translation>
    </message>
    <message>
        <source>is not on this computer</source>
        <translation>不在此计算机上</translation>
    </message>
    <message>
        <source>no model has this name</source>
        <translation>没有模型叫这个名字</translation>
    </message>
    <message>
        <source>no connection to %1: %2</source>
        <translation>无法连接到 %1：%2</translation>
    </message>
    <message>
        <source>the connection to %1 is not safe: %2</source>
        <translation>与 %1 的连接不安全：%2</translation>
    </message>
    <message>
        <source>the connection to %1 broke: %2</source>
        <translation>与 %1 的连接中断：%2</translation>
    </message>
    <message>
        <source>needs %1, and the disk of %2 has %3 left</source>
        <translation>需要 %1，而 %2 所在磁盘只剩 %3</translation>
    </message>
    <message>
        <source>Try again later, or from another network</source>
        <translation>请稍后重试，或换一个网络</translation>
    </message>
    <message>
        <source>Try again later</source>
        <translation>请稍后重试</translation>
    </message>
    <message>
        <source>no data was given</source>
        <translation>没有指定数据</translation>
    </message>
    <message>
        <source>this is no data set of a kind that can be read</source>
        <translation>这不是可读取的数据集类型</translation>
    </message>
    <message>
        <source>Data can be %1</source>
        <translation>数据可以是 %1</translation>
    </message>
    <message>
        <source>it holds no images with captions</source>
        <translation>其中没有带描述的图片</translation>
    </message>
    <message>
        <source>Each image needs a caption</source>
        <translation>每张图片都需要描述</translation>
    </message>
    <message>
        <source>there are no folders with images in it</source>
        <translation>其中没有包含图片的文件夹</translation>
    </message>
    <message>
        <source>no image can be read; the first failure: %1</source>
        <translation>没有图片可以读取；第一个失败：%1</translation>
    </message>
    <message>
        <source>is no run folder: it has no config.json</source>
        <translation>不是训练运行文件夹：没有 config.json</translation>
    </message>
    <message>
        <source>was written by a newer Diagonal</source>
        <translation>由更新版本的 Diagonal 写入</translation>
    </message>
    <message>
        <source>is damaged</source>
        <translation>已损坏</translation>
    </message>
    <message>
        <source>Remove this checkpoint&apos;s folder to resume from the one before.</source>
        <translation>删除此检查点的文件夹，即可从前一个继续。</translation>
    </message>
    <message>
        <source>Resume from another checkpoint.</source>
        <translation>请从其他检查点继续。</translation>
    </message>
    <message>
        <source>Class folders</source>
        <translation>类别文件夹</translation>
    </message>
    <message>
        <source>Scenes</source>
        <translation>场景</translation>
    </message>
    <message>
        <source>Pack</source>
        <translation>数据包</translation>
    </message>
    <message>
        <source>Demo model</source>
        <translation>演示模型</translation>
    </message>
    <message>
        <source>coloured shapes</source>
        <translation>彩色图形</translation>
    </message>
    <message>
        <source>scalar</source>
        <translation>标量</translation>
    </message>
    <message>
        <source>resized to %1 whatever the shape, %2</source>
        <translation>不论形状缩放到 %1，%2</translation>
    </message>
    <message>
        <source>longer side to %1, %2, padded</source>
        <translation>长边缩放到 %1，%2，填充</translation>
    </message>
    <message>
        <source>shorter side to %1, %2, centre crop of %3</source>
        <translation>短边缩放到 %1，%2，居中裁剪 %3</translation>
    </message>
    <message>
        <source>shorter side to %1, %2, centre crop</source>
        <translation>短边缩放到 %1，%2，居中裁剪</translation>
    </message>
    <message>
        <source>Labels; for search take LAION&apos;s B/32</source>
        <translation>适合打标签；搜索请用 LAION 的 B/32</translation>
    </message>
    <message>
        <source>Finer detail, a quarter as fast as ViT-B/32</source>
        <translation>细节更好，速度为 ViT-B/32 的四分之一</translation>
    </message>
    <message>
        <source>Labels; behind LAION&apos;s B/32 in photo search</source>
        <translation>适合打标签；照片搜索不如 LAION 的 B/32</translation>
    </message>
    <message>
        <source>Small things, writing; not for photo search</source>
        <translation>适合小物体和文字；不适合照片搜索</translation>
    </message>
    <message>
        <source>Smallest download; less accurate than ViT-B/32</source>
        <translation>下载最小；准确度低于 ViT-B/32</translation>
    </message>
    <message>
        <source>A deeper ResNet, about as accurate as ViT-B/32</source>
        <translation>更深的 ResNet，准确度与 ViT-B/32 相近</translation>
    </message>
    <message>
        <source>A wider ResNet, on pictures of 288 pixels</source>
        <translation>更宽的 ResNet，图片 288 像素</translation>
    </message>
    <message>
        <source>A large ResNet, on pictures of 384 pixels</source>
        <translation>大型 ResNet，图片 384 像素</translation>
    </message>
    <message>
        <source>The largest ResNet, 448 pixels; slow</source>
        <translation>最大的 ResNet，448 像素；较慢</translation>
    </message>
    <message>
        <source>Photo search, any computer; beats ViT-L/14</source>
        <translation>照片搜索，任何计算机都可用；优于 ViT-L/14</translation>
    </message>
    <message>
        <source>The size of ViT-L/14; open data</source>
        <translation>ViT-L/14 大小；开放数据</translation>
    </message>
    <message>
        <source>Large and accurate; for a GPU</source>
        <translation>大而准确；需要 GPU</translation>
    </message>
    <message>
        <source>Larger, trained for a shorter time; for a GPU</source>
        <translation>更大，训练时间较短；需要 GPU</translation>
    </message>
    <message>
        <source>Largest and most accurate; a GPU with much memory</source>
        <translation>最大最准确；需要大显存 GPU</translation>
    </message>
    <message>
        <source>ViT-B/32 in Hugging Face&apos;s form</source>
        <translation>Hugging Face 格式的 ViT-B/32</translation>
    </message>
    <message>
        <source>ViT-L/14 in Hugging Face&apos;s form</source>
        <translation>Hugging Face 格式的 ViT-L/14</translation>
    </message>
    <message>
        <source>Judges each label by itself: none or several may fit</source>
        <translation>逐个判断标签：可能都不符合，也可能多个符合</translation>
    </message>
    <message>
        <source>Photo search; the best without a GPU</source>
        <translation>照片搜索；无 GPU 时最佳</translation>
    </message>
    <message>
        <source>Photo search; near SigLIP 2 B/16, quicker</source>
        <translation>照片搜索；接近 SigLIP 2 B/16，更快</translation>
    </message>
    <message>
        <source>A large SigLIP 2, 384 pixels; for a GPU</source>
        <translation>大型 SigLIP 2，384 像素；需要 GPU</translation>
    </message>
    <message>
        <source>Photo search in many languages; for a GPU</source>
        <translation>多语言照片搜索；需要 GPU</translation>
    </message>
    <message>
        <source>Photo search in English; slow, for a GPU</source>
        <translation>英语照片搜索；较慢，需要 GPU</translation>
    </message>
    <message>
        <source>The size of ViT-L/14; filtered data</source>
        <translation>ViT-L/14 大小；筛选过的数据</translation>
    </message>
    <message>
        <source>Photo search in Chinese and others; quick</source>
        <translation>中文等语言的照片搜索；快速</translation>
    </message>
    <message>
        <source>The world&apos;s texts; not for commercial use</source>
        <translation>全球文本；不可商用</translation>
    </message>
    <message>
        <source>Accurate labels for its time</source>
        <translation>同等耗时下标签准确</translation>
    </message>
    <message>
        <source>Accurate labels, 336 pixels; for a GPU</source>
        <translation>标签准确，336 像素；需要 GPU</translation>
    </message>
    <message>
        <source>The size of ViT-B/16; open data</source>
        <translation>ViT-B/16 大小；开放数据</translation>
    </message>
    <message>
        <source>336 pixels, open data; for a GPU</source>
        <translation>336 像素，开放数据；需要 GPU</translation>
    </message>
    <message>
        <source>The size of ViT-B/16; learned from larger</source>
        <translation>ViT-B/16 大小；由更大的模型蒸馏</translation>
    </message>
    <message>
        <source>The size of ViT-L/14; learned from larger</source>
        <translation>ViT-L/14 大小；由更大的模型蒸馏</translation>
    </message>
    <message>
        <source>The size of ViT-L/14; accurate labels</source>
        <translation>ViT-L/14 大小；标签准确</translation>
    </message>
    <message>
        <source>embeddings are written as .csv, .npy, .safetensors or .projector</source>
        <translation>嵌入写为 .csv、.npy、.safetensors 或 .projector</translation>
    </message>
    <message>
        <source>not written: nothing of what was given has an embedding</source>
        <translation>未写入：给出的内容都没有嵌入</translation>
    </message>
    <message>
        <source>a number is larger than fp16 can hold (65504)</source>
        <translation>有数值超出 fp16 的范围（65504）</translation>
    </message>
    <message>
        <source>Write it in fp32</source>
        <translation>请用 fp32 写入</translation>
    </message>
    <message>
        <source>another program is writing it</source>
        <translation>另一个程序正在写入</translation>
    </message>
    <message>
        <source>Wait for that, or choose another name</source>
        <translation>请等待，或选择其他名称</translation>
    </message>
    <message>
        <source>Free some space and go on with what is there</source>
        <translation>请腾出空间，然后从已有部分继续</translation>
    </message>
    <message>
        <source>no frame of the video can be decoded</source>
        <translation>视频中没有可解码的帧</translation>
    </message>
    <message>
        <source>not a video, or one that is damaged or of a kind that FFmpeg cannot read</source>
        <translation>不是视频，或已损坏，或是 FFmpeg 无法读取的类型</translation>
    </message>
    <message>
        <source>has no record below its header</source>
        <translation>表头下没有记录</translation>
    </message>
    <message>
        <source>names no image in that column</source>
        <translation>该列没有图片名</translation>
    </message>
    <message>
        <source>there is no column “%1”</source>
        <translation>没有列“%1”</translation>
    </message>
    <message>
        <source>which of its columns is meant is not certain</source>
        <translation>无法确定是哪一列</translation>
    </message>
    <message>
        <source>Its columns are %1; name one, or give its number from 1</source>
        <translation>它的列为 %1；请给出列名，或从 1 起的编号</translation>
    </message>
    <message>
        <source>zero-shot</source>
        <translation>零样本</translation>
    </message>
    <message>
        <source>retrieval</source>
        <translation>检索</translation>
    </message>
    <message>
        <source>linear-probe</source>
        <translation>线性探针</translation>
    </message>
    <message>
        <source>few-shot</source>
        <translation>少样本</translation>
    </message>
    <message>
        <source>knn</source>
        <translation>最近邻</translation>
    </message>
    <message>
        <source>word-order</source>
        <translation>词序</translation>
    </message>
    <message>
        <source>templates</source>
        <translation>模板</translation>
    </message>
    <message>
        <source>robustness</source>
        <translation>鲁棒性</translation>
    </message>
    <message>
        <source>texts</source>
        <translation>文本</translation>
    </message>
    <message>
        <source>Zero-shot</source>
        <translation>零样本</translation>
    </message>
    <message>
        <source>Top-1</source>
        <translation>前 1</translation>
    </message>
    <message>
        <source>Top-5</source>
        <translation>前 5</translation>
    </message>
    <message>
        <source>Per class</source>
        <translation>按类别</translation>
    </message>
    <message>
        <source>Worst class</source>
        <translation>最差类别</translation>
    </message>
    <message>
        <source>Macro F1</source>
        <translation>宏平均 F1</translation>
    </message>
    <message>
        <source>Calibration</source>
        <translation>校准</translation>
    </message>
    <message>
        <source>Text to image</source>
        <translation>文搜图</translation>
    </message>
    <message>
        <source>Image to text</source>
        <translation>图搜文</translation>
    </message>
    <message>
        <source>Median rank</source>
        <translation>中位名次</translation>
    </message>
    <message>
        <source>Linear probe</source>
        <translation>线性探针</translation>
    </message>
    <message>
        <source>Few-shot</source>
        <translation>少样本</translation>
    </message>
    <message>
        <source>Nearest neighbours</source>
        <translation>最近邻</translation>
    </message>
    <message>
        <source>Word order</source>
        <translation>词序</translation>
    </message>
    <message>
        <source>All</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>Nouns</source>
        <translation>名词</translation>
    </message>
    <message>
        <source>Adjectives</source>
        <translation>形容词</translation>
    </message>
    <message>
        <source>Templates</source>
        <translation>模板</translation>
    </message>
    <message>
        <source>Chosen, top-1</source>
        <translation>选出的，前 1</translation>
    </message>
    <message>
        <source>Robustness</source>
        <translation>鲁棒性</translation>
    </message>
    <message>
        <source>%1 shots</source>
        <translation>%1 张</translation>
    </message>
    <message>
        <source>%1 shot</source>
        <translation>%1 张</translation>
    </message>
    <message>
        <source>the training split</source>
        <translation>训练部分</translation>
    </message>
    <message>
        <source>its pictures have no labels</source>
        <translation>其图片没有标签</translation>
    </message>
    <message>
        <source>Give class folders or a table with a label column; of captions retrieval and word-order can be evaluated</source>
        <translation>请提供类别文件夹或带标签列的表格；有描述时可评估检索和词序</translation>
    </message>
    <message>
        <source>all pictures are of one class, “%1”</source>
        <translation>所有图片都属于同一类别“%1”</translation>
    </message>
    <message>
        <source>Give pictures of two classes or more</source>
        <translation>请提供两个以上类别的图片</translation>
    </message>
    <message>
        <source>its pictures have no captions</source>
        <translation>其图片没有描述</translation>
    </message>
    <message>
        <source>Give data with captions, or leave these tasks out</source>
        <translation>请提供有描述的数据，或不做这些任务</translation>
    </message>
    <message>
        <source>none of its pictures is of a class of %1</source>
        <translation>其中没有属于 %1 的类别的图片</translation>
    </message>
    <message>
        <source>Classes go by their names: give data with the same ones</source>
        <translation>类别按名称对应：请提供类别相同的数据</translation>
    </message>
    <message>
        <source>The data names no training pictures: of each class two fifths, drawn by a hash of their names, are evaluated, and the others are learnt from</source>
        <translation>数据未指明训练图片：每类按名称的哈希取五分之二用于评估，其余用于学习</translation>
    </message>
    <message>
        <source>%1 classes of %2 are none of %3 and are left out, such as “%4”</source>
        <translation>%2 中有 %1 个类别不属于 %3，已略去，如“%4”</translation>
    </message>
    <message>
        <source>Classes without a picture to evaluate: %1, such as “%2”</source>
        <translation>没有可评估图片的类别：%1 个，如“%2”</translation>
    </message>
    <message>
        <source>Its %1 different captions are taken for the labels</source>
        <translation>其 %1 种不同的描述被视为标签</translation>
    </message>
    <message>
        <source>is no name of a folder or file</source>
        <translation>不能作为文件夹或文件的名称</translation>
    </message>
    <message>
        <source>would leave out everything</source>
        <translation>会忽略所有内容</translation>
    </message>
    <message>
        <source>there is not enough memory for it</source>
        <translation>内存不足</translation>
    </message>
    <message>
        <source>none of its %1 pictures could be read</source>
        <translation>其 %1 张图片均无法读取</translation>
    </message>
    <message>
        <source>no picture with a label is left to evaluate</source>
        <translation>没有剩下可供评估的带标签图片</translation>
    </message>
    <message>
        <source>no labelled picture is left to learn from</source>
        <translation>没有剩下可供学习的带标签图片</translation>
    </message>
    <message>
        <source>Give data with training pictures, or leave this task out</source>
        <translation>请给出含训练图片的数据，或略去此任务</translation>
    </message>
    <message>
        <source>all pictures to learn from are of one class</source>
        <translation>所有可供学习的图片都属于同一类别</translation>
    </message>
    <message>
        <source>is one template, and nothing is to be chosen</source>
        <translation>只有一个模板，无从选择</translation>
    </message>
    <message>
        <source>there are too few pictures to choose and measure them on</source>
        <translation>图片太少，无法选择并测量它们</translation>
    </message>
    <message>
        <source>no picture could be read</source>
        <translation>没有图片可以读取</translation>
    </message>
    <message>
        <source>no picture has a caption</source>
        <translation>没有图片带有说明文字</translation>
    </message>
    <message>
        <source>no caption has two nouns or two adjectives to exchange</source>
        <translation>没有说明文字含有可互换的两个名词或两个形容词</translation>
    </message>
    <message>
        <source>Word order is tried on English captions such as “a dog chases a cat”</source>
        <translation>词序在英文说明文字上测试，例如“a dog chases a cat”</translation>
    </message>
    <message>
        <source>%1 class has no picture to learn from, so that none is given it; the first is “%2”</source>
        <translation>%1 个类别没有可供学习的图片，因此没有图片会归入它；第一个是“%2”</translation>
    </message>
    <message>
        <source>%1 classes have no picture to learn from, so that none is given them; the first is “%2”</source>
        <translation>%1 个类别没有可供学习的图片，因此没有图片会归入它们；第一个是“%2”</translation>
    </message>
    <message>
        <source>%1 class has fewer than %2 pictures: all they have were used</source>
        <translation>%1 个类别的图片少于 %2 张：已全部使用</translation>
    </message>
    <message>
        <source>%1 classes have fewer than %2 pictures: all they have were used</source>
        <translation>%1 个类别的图片少于 %2 张：已全部使用</translation>
    </message>
    <message>
        <source>There are %1 pictures to learn from: all of them are asked</source>
        <translation>可供学习的图片共 %1 张：全部参与投票</translation>
    </message>
    <message>
        <source>Too few classes have pictures to choose C on: it is 32</source>
        <translation>有图片可供选择 C 的类别太少：C 取 32</translation>
    </message>
    <message>
        <source>The last fit was ended before it had converged</source>
        <translation>最后一次拟合在收敛之前结束</translation>
    </message>
    <message>
        <source>%1 pictures could not be read again</source>
        <translation>%1 张图片再次读取失败</translation>
    </message>
    <message>
        <source>%1 class of %2 is none of %3 and is left out: “%4”</source>
        <translation>%2 的 %1 个类别不属于 %3，已略去：“%4”</translation>
    </message>
    <message>
        <source>query</source>
        <translation>查询</translation>
    </message>
    <message>
        <source>library</source>
        <translation>图库</translation>
    </message>
    <message>
        <source>captions</source>
        <translation>文本列表</translation>
    </message>
    <message>
        <source>search index</source>
        <translation>搜索索引</translation>
    </message>
    <message>
        <source>Frames</source>
        <translation>画面</translation>
    </message>
    <message>
        <source>Shots</source>
        <translation>镜头</translation>
    </message>
    <message>
        <source>there is no library</source>
        <translation>那里没有图库</translation>
    </message>
    <message>
        <source>Begin one with “diagonal-cli index LIBRARY add PATH”</source>
        <translation>用“diagonal-cli index LIBRARY add PATH”新建一个</translation>
    </message>
    <message>
        <source>there is a library already</source>
        <translation>那里已经有图库</translation>
    </message>
    <message>
        <source>Add to it, or choose another folder</source>
        <translation>请添加到该图库，或选择另一个文件夹</translation>
    </message>
    <message>
        <source>the folder is not empty</source>
        <translation>文件夹不是空的</translation>
    </message>
    <message>
        <source>Choose a new or an empty one</source>
        <translation>请选择新的或空的文件夹</translation>
    </message>
    <message>
        <source>another program begins a library there</source>
        <translation>另一个程序正在那里新建图库</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>请重试</translation>
    </message>
    <message>
        <source>it is damaged, or no library of Diagonal&apos;s</source>
        <translation>已损坏，或不是 Diagonal 的图库</translation>
    </message>
    <message>
        <source>it is no library of Diagonal&apos;s</source>
        <translation>不是 Diagonal 的图库</translation>
    </message>
    <message>
        <source>it was made by a later version of Diagonal</source>
        <translation>由更新版本的 Diagonal 创建</translation>
    </message>
    <message>
        <source>Update this one</source>
        <translation>请更新本程序</translation>
    </message>
    <message>
        <source>it is damaged: its settings make no sense</source>
        <translation>已损坏：其设置没有意义</translation>
    </message>
    <message>
        <source>it is damaged: it names rows that are not there</source>
        <translation>已损坏：引用了不存在的行</translation>
    </message>
    <message>
        <source>the library is damaged: %1</source>
        <translation>图库已损坏：%1</translation>
    </message>
    <message>
        <source>Restore it from a copy, or begin a new library</source>
        <translation>请从副本恢复，或新建一个图库</translation>
    </message>
    <message>
        <source>Restore it from a copy, or begin a new library</source>
        <translation>请从副本恢复，或重新嵌入图库</translation>
    </message>
    <message>
        <source>it is cut short: rows that the library knows are missing</source>
        <translation>文件不完整：缺少图库已知的行</translation>
    </message>
    <message>
        <source>it is no file</source>
        <translation>不是文件</translation>
    </message>
    <message>
        <source>its list of what is left out is damaged: %1</source>
        <translation>其排除列表已损坏：%1</translation>
    </message>
    <message>
        <source>Set it anew</source>
        <translation>请重新设置</translation>
    </message>
    <message>
        <source>cannot be written: the disk is full</source>
        <translation>无法写入：磁盘已满</translation>
    </message>
    <message>
        <source>Make room and begin again: what was written before is kept</source>
        <translation>请腾出空间后重新开始：此前写入的内容会保留</translation>
    </message>
    <message>
        <source>another program keeps it from being used</source>
        <translation>另一个程序占用了它</translation>
    </message>
    <message>
        <source>this program has it open to write already</source>
        <translation>本程序已打开它以供写入</translation>
    </message>
    <message>
        <source>another program writes to it (process %1)</source>
        <translation>另一个程序正在写入（进程 %1）</translation>
    </message>
    <message>
        <source>another program writes to it</source>
        <translation>另一个程序正在写入</translation>
    </message>
    <message>
        <source>Wait until it is done, or stop it</source>
        <translation>请等它完成，或将其停止</translation>
    </message>
    <message>
        <source>the library is no longer where it was opened: it was moved, deleted or replaced</source>
        <translation>图库已不在打开时的位置：它被移动、删除或替换了</translation>
    </message>
    <message>
        <source>Open it again</source>
        <translation>请重新打开</translation>
    </message>
    <message>
        <source>the library is open to be read only</source>
        <translation>图库以只读方式打开</translation>
    </message>
    <message>
        <source>is no name that a library can keep</source>
        <translation>这个名称无法存入图库</translation>
    </message>
    <message>
        <source>its embedding is not finite</source>
        <translation>它的嵌入含有非有限数值</translation>
    </message>
    <message>
        <source>its embedding has another width</source>
        <translation>它的嵌入维数不同</translation>
    </message>
    <message>
        <source>its rows were imported: there is nothing to embed them from</source>
        <translation>其行是导入的：没有可供嵌入的原始文件</translation>
    </message>
    <message>
        <source>its rows were imported: nothing can be embedded beside them</source>
        <translation>其行是导入的：无法再嵌入其他内容</translation>
    </message>
    <message>
        <source>Begin another library</source>
        <translation>请另建图库</translation>
    </message>
    <message>
        <source>its rows were made by another model (%1), and do not compare with this one&apos;s</source>
        <translation>其行由另一个模型（%1）生成，无法与当前模型的行比较</translation>
    </message>
    <message>
        <source>Open it with that model, or embed it again</source>
        <translation>请用该模型打开，或重新嵌入</translation>
    </message>
    <message>
        <source>equal to %1, which could not be read</source>
        <translation>与 %1 相同，而后者无法读取</translation>
    </message>
    <message>
        <source>there is not enough memory to decode it</source>
        <translation>内存不足，无法解码</translation>
    </message>
    <message>
        <source>its subtitles “%1” were left out: %2</source>
        <translation>字幕“%1”已略去：%2</translation>
    </message>
    <message>
        <source>its latest changes are in a log beside it, which cannot be read where nothing can be written</source>
        <translation>最近的更改在它旁边的日志中，在无法写入的位置无法读取</translation>
    </message>
    <message>
        <source>Copy its folder to a disk that can be written, and open that</source>
        <translation>请将其文件夹复制到可写入的磁盘，再打开</translation>
    </message>
    <message>
        <source>its rows have %1 numbers, more than a library takes: %2</source>
        <translation>每行有 %1 个数，超过图库可容纳的 %2 个</translation>
    </message>
    <message>
        <source>Give a file with a row for each picture</source>
        <translation>请提供每张图片一行的文件</translation>
    </message>
    <message>
        <source>its name has a zero byte, as no file&apos;s has</source>
        <translation>其名称含有零字节，任何文件名都不会有</translation>
    </message>
    <message>
        <source>it cannot be read to its end, or changed meanwhile</source>
        <translation>无法读到结尾，或在读取期间发生了变化</translation>
    </message>
    <message>
        <source>reading it broke off before its end</source>
        <translation>读取在结尾之前中断</translation>
    </message>
    <message>
        <source>it has more than 1 GB of rows</source>
        <translation>它的行超过 1 GB</translation>
    </message>
    <message>
        <source>Give them several names</source>
        <translation>请给它们不同的名称</translation>
    </message>
    <message>
        <source>has rows of %1 numbers, the model gives others</source>
        <translation>每行有 %1 个数，与模型给出的不同</translation>
    </message>
    <message>
        <source>has %1 numbers, rows of the library %2</source>
        <translation>有 %1 个数，图库的行有 %2 个</translation>
    </message>
    <message>
        <source>Open the model that made the library</source>
        <translation>请打开生成该图库的模型</translation>
    </message>
    <message>
        <source>no picture is marked as one to find more of</source>
        <translation>没有图片被标记为“查找更多类似”</translation>
    </message>
    <message>
        <source>Mark one</source>
        <translation>请标记一张</translation>
    </message>
    <message>
        <source>a weight is no number</source>
        <translation>权重不是数字</translation>
    </message>
    <message>
        <source>Give a number such as 0.5</source>
        <translation>请给出数字，例如 0.5</translation>
    </message>
    <message>
        <source>has an embedding that is no direction</source>
        <translation>其嵌入不构成方向</translation>
    </message>
    <message>
        <source>Search for something else</source>
        <translation>请搜索别的内容</translation>
    </message>
    <message>
        <source>is empty</source>
        <translation>是空的</translation>
    </message>
    <message>
        <source>Give words or a picture to search for</source>
        <translation>请给出要搜索的词语或图片</translation>
    </message>
    <message>
        <source>the weights of all its terms are 0</source>
        <translation>所有搜索项的权重都是 0</translation>
    </message>
    <message>
        <source>Give one of them another weight, such as 1</source>
        <translation>请给其中一项别的权重，例如 1</translation>
    </message>
    <message>
        <source>its terms cancel each other out</source>
        <translation>各搜索项相互抵消</translation>
    </message>
    <message>
        <source>Take one out, or change the weights</source>
        <translation>请去掉一项，或更改权重</translation>
    </message>
    <message>
        <source>their embeddings have another width than the library&apos;s rows</source>
        <translation>它们的嵌入与图库的行维数不同</translation>
    </message>
    <message>
        <source>this build of Diagonal has no FAISS</source>
        <translation>本版 Diagonal 没有 FAISS</translation>
    </message>
    <message>
        <source>FAISS does not load</source>
        <translation>FAISS 无法加载</translation>
    </message>
    <message>
        <source>its FAISS is not that of this program</source>
        <translation>其 FAISS 不属于本程序</translation>
    </message>
    <message>
        <source>its search index cannot be made: %1</source>
        <translation>无法建立其搜索索引：%1</translation>
    </message>
    <message>
        <source>Searches look at all rows until it can</source>
        <translation>在能够建立之前，搜索会查看所有行</translation>
    </message>
    <message>
        <source>cannot be searched: %1</source>
        <translation>无法搜索：%1</translation>
    </message>
    <message>
        <source>Remove neighbours.json from the library&apos;s folder: then all rows are looked at</source>
        <translation>请从图库文件夹中删除 neighbours.json：之后会查看所有行</translation>
    </message>
    <message>
        <source>Run scripts/setup and build again</source>
        <translation>请运行 scripts/setup 并重新构建</translation>
    </message>
    <message>
        <source>has too few rows for a search index</source>
        <translation>行数太少，无需搜索索引</translation>
    </message>
    <message>
        <source>Searches look at all of them</source>
        <translation>搜索会查看所有行</translation>
    </message>
    <message>
        <source>the video&apos;s frame rate is not known</source>
        <translation>视频的帧率未知</translation>
    </message>
    <message>
        <source>holds too many frames of the same name</source>
        <translation>其中同名画面过多</translation>
    </message>
    <message>
        <source>Choose an empty folder</source>
        <translation>请选择空文件夹</translation>
    </message>
    <message>
        <source>there are no moments to list</source>
        <translation>没有可列出的片段</translation>
    </message>
    <message>
        <source>%1 moments are more than such a list may hold</source>
        <translation>%1 个片段超出了这种列表的容量</translation>
    </message>
    <message>
        <source>Export 999 at most, or write CSV</source>
        <translation>请最多导出 999 个，或写成 CSV</translation>
    </message>
    <message>
        <source>a list of videos, not a video</source>
        <translation>是视频列表，不是视频</translation>
    </message>
    <message>
        <source>Give the videos themselves</source>
        <translation>请给出视频本身</translation>
    </message>
    <message>
        <source>Convert it to MP4 with H.264</source>
        <translation>请转换为 H.264 的 MP4</translation>
    </message>
    <message>
        <source>the video has no pictures</source>
        <translation>视频中没有画面</translation>
    </message>
    <message>
        <source>frames of %1 x %2 pixels are too large</source>
        <translation>%1 x %2 像素的画面过大</translation>
    </message>
    <message>
        <source>this build of Diagonal has no reader of videos</source>
        <translation>本版 Diagonal 没有视频读取器</translation>
    </message>
    <message>
        <source>the reader of videos does not load</source>
        <translation>视频读取器无法加载</translation>
    </message>
    <message>
        <source>the reader of videos is not that of this program</source>
        <translation>视频读取器不属于本程序</translation>
    </message>
    <message>
        <source>Run scripts/setup, which installs OpenCV&apos;s videoio, and build again</source>
        <translation>请运行 scripts/setup（它会安装 OpenCV 的 videoio）并重新构建</translation>
    </message>
    <message>
        <source>embeddings are written as .csv, .npy or .safetensors</source>
        <translation>嵌入可写成 .csv、.npy 或 .safetensors</translation>
    </message>
    <message>
        <source>embeddings are read from .csv, .tsv, .npy or .safetensors</source>
        <translation>嵌入可从 .csv、.tsv、.npy 或 .safetensors 读取</translation>
    </message>
    <message>
        <source>one of its things has more than 1 GB of rows</source>
        <translation>其中一项的行超过 1 GB</translation>
    </message>
    <message>
        <source>Take fewer frames of videos</source>
        <translation>请减少视频的取帧数</translation>
    </message>
    <message>
        <source>no column holds numbers</source>
        <translation>没有一列是数字</translation>
    </message>
    <message>
        <source>The columns e0, e1, … are looked for</source>
        <translation>程序查找 e0、e1…… 这些列</translation>
    </message>
    <message>
        <source>is no NPY file</source>
        <translation>不是 NPY 文件</translation>
    </message>
    <message>
        <source>is cut off</source>
        <translation>不完整</translation>
    </message>
    <message>
        <source>holds numbers of the kind %1, not float16, float32 or float64</source>
        <translation>其中的数是 %1 类型，不是 float16、float32 或 float64</translation>
    </message>
    <message>
        <source>holds no rows: its shape is (%1)</source>
        <translation>没有行：其形状为 (%1)</translation>
    </message>
    <message>
        <source>has no tensor “embeddings”</source>
        <translation>没有张量“embeddings”</translation>
    </message>
    <message>
        <source>the tensor “%1” does not hold rows of numbers</source>
        <translation>张量“%1”不是由数字行组成的</translation>
    </message>
    <message>
        <source>the file has no header</source>
        <translation>文件没有表头</translation>
    </message>
    <message>
        <source>row %1 has more cells than the header</source>
        <translation>第 %1 行的单元格比表头多</translation>
    </message>
    <message>
        <source>row %1 has a cell that is no number: “%2”</source>
        <translation>第 %1 行有一个单元格不是数字：“%2”</translation>
    </message>
    <message>
        <source>the names in its metadata are damaged</source>
        <translation>其元数据中的名称已损坏</translation>
    </message>
    <message>
        <source>has %1 rows, but there are %2 names</source>
        <translation>有 %1 行，却有 %2 个名称</translation>
    </message>
    <message>
        <source>Give a list with one name a row</source>
        <translation>请给出每行一个名称的列表</translation>
    </message>
    <message>
        <source>its rows have %1 numbers, those of the model %2</source>
        <translation>其行有 %1 个数，模型的行有 %2 个</translation>
    </message>
    <message>
        <source>Name the model that made them</source>
        <translation>请指明生成它们的模型</translation>
    </message>
    <message>
        <source>its row is no direction: NaN, infinite or all zero</source>
        <translation>其行不构成方向：含 NaN、无穷大或全为零</translation>
    </message>
    <message>
        <source>holds no row that could be looked for</source>
        <translation>没有可供搜索的行</translation>
    </message>
    <message>
        <source>not written: the library has no rows</source>
        <translation>未写入：图库没有行</translation>
    </message>
    <message>
        <source>are written as jpg or png</source>
        <translation>以 jpg 或 png 写入</translation>
    </message>
    <message>
        <source>Choose one of them</source>
        <translation>请选择其中一种</translation>
    </message>
    <message>
        <source>are looked for with numbers that are out of range</source>
        <translation>所用的数超出范围</translation>
    </message>
    <message>
        <source>Windows have 1 to 1,000 frames, levels go to 255, times to 86,400 seconds</source>
        <translation>窗口为 1 到 1,000 帧，级别最大 255，时间最长 86,400 秒</translation>
    </message>
    <message>
        <source>the validation split</source>
        <translation>验证部分</translation>
    </message>
    <message>
        <source>those evaluated: half of each class, the rest measure it</source>
        <translation>被评估图片：每类取一半，其余用于测量</translation>
    </message>
    <message>
        <source>The data has no test pictures: those of its validation split are evaluated</source>
        <translation>数据没有测试图片：评估其验证部分的图片</translation>
    </message>
    <message>
        <source>%1 picture of the test split of %2 is not learnt from</source>
        <translation>%2 的测试部分有 %1 张图片不用于学习</translation>
    </message>
    <message>
        <source>%1 pictures of the test split of %2 are not learnt from</source>
        <translation>%2 的测试部分有 %1 张图片不用于学习</translation>
    </message>
    <message>
        <source>all of its pictures are its test split, which is not learnt from</source>
        <translation>其全部图片都属于测试部分，不用于学习</translation>
    </message>
    <message>
        <source>Give pictures of a training split</source>
        <translation>请提供训练部分的图片</translation>
    </message>
    <message>
        <source>%1 picture is evaluated as well and not learnt from</source>
        <translation>%1 张图片同时被评估，因此不用于学习</translation>
    </message>
    <message>
        <source>%1 pictures are evaluated as well and not learnt from</source>
        <translation>%1 张图片同时被评估，因此不用于学习</translation>
    </message>
    <message>
        <source>all pictures to learn from are evaluated as well</source>
        <translation>供学习的图片全都同时被评估</translation>
    </message>
    <message>
        <source>Give other pictures to learn from, or none: then a part of those evaluated is drawn for that</source>
        <translation>请提供其他图片供学习，或不提供：那样会从被评估的图片中抽取一部分</translation>
    </message>
    <message>
        <source>its picture could not be read</source>
        <translation>其图片无法读取</translation>
    </message>
    <message>
        <source>%1 picture could not be read again</source>
        <translation>%1 张图片再次读取失败</translation>
    </message>
    <message>
        <source>The data has no test pictures: those of its training split are evaluated</source>
        <translation>数据没有测试图片：评估其训练部分的图片</translation>
    </message>
    <message>
        <source>“%1” and “%2” are both called “%3”: their prompts cannot be told apart</source>
        <translation>“%1”和“%2”都叫“%3”：其提示词无法区分</translation>
    </message>
    <message>
        <source>Of the prompt sets the first is taken: “%1”</source>
        <translation>在提示词集合中取第一个：“%1”</translation>
    </message>
</context>
<context>
    <name>diagonal::format</name>
    <message>
        <source>%1 s</source>
        <translation>%1 秒</translation>
    </message>
    <message>
        <source>%1 h %2 min</source>
        <translation>%1 小时 %2 分钟</translation>
    </message>
    <message>
        <source>%1%</source>
        <translation>%1%</translation>
    </message>
    <message>
        <source>lower</source>
        <extracomment>&quot;lower&quot; where a name of the window (&quot;Data&quot;) becomes &quot;data&quot; within a sentence; else &quot;same&quot;, as in German.</extracomment>
        <translation>same</translation>
    </message>
    <message>
        <source>%1 %2</source>
        <translation>%1%2</translation>
    </message>
</context>
<context>
    <name>diagonal::guide</name>
    <message>
        <source>User guide</source>
        <translation>用户指南</translation>
    </message>
    <message>
        <source>The guide is written in English.</source>
        <translation>用户指南目前只有英文版。</translation>
    </message>
</context>
<context>
    <name>diagonal::main</name>
    <message>
        <source>Diagonal ended without being closed. The pictures of the list, and texts that were typed in Matrix and Embeddings, are opened again as they were some seconds before.</source>
        <translation>Diagonal 未正常关闭。列表中的图片以及在“矩阵”和“嵌入”中键入的文本已按几秒前的状态重新打开。</translation>
    </message>
</context>
</TS>
