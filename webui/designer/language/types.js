/* What the panel calls an element: put together from parts, as it puts its English together. */

const TASKS = {
  Task: '任务', 'User Task': '人工任务', 'Manual Task': '手工任务', 'Service Task': '自动步骤', 'Script Task': '公式任务',
  'Business Rule Task': '决策', 'Send Task': '发送任务', 'Receive Task': '接收任务', 'Call Activity': '子流程调用',
  'Sub Process': '子流程', 'Event Sub Process': '事件子流程', 'Ad Hoc Sub Process': '即席子流程', Transaction: '事务',
  'Exclusive Gateway': '排他网关', 'Inclusive Gateway': '包容网关', 'Parallel Gateway': '并行网关',
  'Event Based Gateway': '事件网关', 'Complex Gateway': '复杂网关', 'Sequence Flow': '连线', 'Default Flow': '默认连线',
  'Conditional Flow': '条件连线', 'Message Flow': '消息流', Association: '关联', Lane: '泳道', Participant: '池',
  Collaboration: '协作图', Process: '流程', 'Text Annotation': '文字注释', Group: '分组', 'Data Object Reference': '数据对象',
  'Data Store Reference': '数据存储',
};
const EVENTS = {
  'Start Event': '开始事件', 'End Event': '结束事件', 'Intermediate Catch Event': '等待事件',
  'Intermediate Throw Event': '中间事件', 'Boundary Event': '边界事件',
};
const KINDS = {
  Message: '消息', Timer: '定时', Error: '错误', Signal: '信号', Escalation: '升级', Conditional: '条件', Link: '链接',
  Compensate: '补偿', Compensation: '补偿', Cancel: '取消', Terminate: '终止',
};

function all() {
  const found = { ...TASKS, ...EVENTS };
  for (const [event, name] of Object.entries(EVENTS)) {
    for (const [kind, word] of Object.entries(KINDS)) {
      found[`${kind} ${event}`] = word + name;
      found[`${kind} ${event} (Non Interrupting)`] = `${word}${name}（不中断）`;
    }
    found[`${event} (Non Interrupting)`] = `${name}（不中断）`;
  }
  return found;
}

export const types = all();
